-- The statements of Recorder, valid in SQLite and in Postgres. Documents are masked already.

-- name: add_step(step_id, reference_id, first_at, last_at, times, kind, document, bytes, most, most_bytes)*!
-- Only for orders that exist, within :most steps and :most_bytes. A repetition (same step_id) increments times.
INSERT INTO inspector_steps (step_id, reference_id, visitor, first_at, last_at, times, kind, document, bytes)
SELECT
    CAST(:step_id AS TEXT), reference_id, visitor, CAST(:first_at AS TEXT), CAST(:last_at AS TEXT),
    CAST(:times AS BIGINT), CAST(:kind AS TEXT), CAST(:document AS TEXT), CAST(:bytes AS BIGINT)
FROM orders
WHERE reference_id = :reference_id
    AND (SELECT COUNT(*) FROM inspector_steps AS kept WHERE kept.reference_id = orders.reference_id) < CAST(:most AS BIGINT)
    AND (SELECT COALESCE(SUM(kept.bytes), 0) FROM inspector_steps AS kept WHERE kept.reference_id = orders.reference_id)
        < CAST(:most_bytes AS BIGINT)
ON CONFLICT (step_id) DO UPDATE SET
    times = inspector_steps.times + excluded.times, last_at = excluded.last_at, document = excluded.document,
    bytes = excluded.bytes;

-- name: steps_of(reference_id)
SELECT * FROM inspector_steps WHERE reference_id = :reference_id ORDER BY first_at DESC, step_id DESC;

-- name: weigh_older(before, most)^
-- The bytes of the newest :most steps before a time, and the time of the oldest of them.
SELECT SUM(bytes) AS bytes, MIN(last_at) AS oldest FROM (
    SELECT last_at, bytes FROM inspector_steps WHERE last_at < :before ORDER BY last_at DESC LIMIT :most
) AS weighed;

-- name: delete_older(before, most)
DELETE FROM inspector_steps WHERE step_id IN (
    SELECT step_id FROM inspector_steps WHERE last_at < :before ORDER BY last_at LIMIT :most
)
RETURNING step_id;

-- name: delete_beyond(reference_id, most)!
-- All but the newest :most steps of the order's visitor.
DELETE FROM inspector_steps WHERE step_id IN (
    SELECT step_id FROM inspector_steps
    WHERE visitor = (SELECT visitor FROM orders WHERE orders.reference_id = :reference_id)
    ORDER BY first_at DESC LIMIT 1000 OFFSET :most
);
