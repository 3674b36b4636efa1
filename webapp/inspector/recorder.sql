-- The statements of Recorder, valid in SQLite and in Postgres. Documents are masked already.

-- name: add_step(step_id, reference_id, first_at, last_at, times, kind, document, most)*!
-- Only for orders that exist, and at most :most. A repetition (same step_id) increments times.
INSERT INTO inspector_steps (step_id, reference_id, visitor, first_at, last_at, times, kind, document)
SELECT
    CAST(:step_id AS TEXT), reference_id, visitor, CAST(:first_at AS TEXT), CAST(:last_at AS TEXT),
    CAST(:times AS BIGINT), CAST(:kind AS TEXT), CAST(:document AS TEXT)
FROM orders
WHERE reference_id = :reference_id
    AND (SELECT COUNT(*) FROM inspector_steps AS kept WHERE kept.reference_id = orders.reference_id) < CAST(:most AS BIGINT)
ON CONFLICT (step_id) DO UPDATE SET
    times = inspector_steps.times + excluded.times, last_at = excluded.last_at, document = excluded.document;

-- name: steps_of(reference_id)
SELECT * FROM inspector_steps WHERE reference_id = :reference_id ORDER BY first_at DESC, step_id DESC;

-- name: forget_older(before)!
DELETE FROM inspector_steps WHERE last_at < :before;

-- name: forget_beyond(reference_id, most)!
-- Deletes all but the newest :most steps of the order's visitor.
DELETE FROM inspector_steps WHERE step_id IN (
    SELECT step_id FROM inspector_steps
    WHERE visitor = (SELECT visitor FROM orders WHERE orders.reference_id = :reference_id)
    ORDER BY first_at DESC LIMIT 1000 OFFSET :most
);
