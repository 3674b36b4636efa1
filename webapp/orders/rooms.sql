-- The statements of Rooms, valid in SQLite and in Postgres. A visitor has one room at most.

-- name: delete_expired(now)
DELETE FROM rooms WHERE expires_at <= :now RETURNING room;

-- name: open_room(room, visitor, now, expires_at, brand, most)^
-- The visitor's own room if there is one, else a new one while there are fewer than :most.
INSERT INTO rooms (room, visitor, created, expires_at, brand)
SELECT CAST(:room AS TEXT), CAST(:visitor AS TEXT), CAST(:now AS TEXT), CAST(:expires_at AS TEXT), CAST(:brand AS TEXT)
WHERE (SELECT COUNT(*) FROM rooms) < CAST(:most AS BIGINT)
    OR EXISTS (SELECT 1 FROM rooms WHERE visitor = CAST(:visitor AS TEXT))
ON CONFLICT (visitor) DO UPDATE SET visitor = excluded.visitor
RETURNING room;

-- name: get_room(room, now)^
SELECT * FROM rooms WHERE room = :room AND expires_at > :now;

-- name: close_room(room)^
DELETE FROM rooms WHERE room = :room RETURNING room;

-- name: orders_in(room, created, most)
-- What an audience may see of its orders, and nothing that opens one.
SELECT currency, integration, status, created FROM orders
WHERE room = :room AND room <> '' AND created >= :created
ORDER BY created DESC LIMIT :most;

-- name: count_in(room, created, most)
-- Counts no further than :most orders.
SELECT status, COUNT(*) AS orders FROM (
    SELECT status FROM orders WHERE room = :room AND room <> '' AND created >= :created LIMIT :most
) AS made
GROUP BY status;
