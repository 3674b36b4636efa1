-- A presenter's room, and the orders that its audience makes.

CREATE TABLE rooms (
    room TEXT PRIMARY KEY,
    visitor TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL,
    expires_at TEXT NOT NULL
);

ALTER TABLE orders ADD COLUMN room TEXT NOT NULL DEFAULT '';

CREATE INDEX orders_of_a_room ON orders (room, created DESC) WHERE room <> '';
