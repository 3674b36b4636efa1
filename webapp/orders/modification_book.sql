-- The statements of ModificationBook, valid in SQLite and in Postgres.

-- name: lock_order(reference_id)^
-- Within a transaction, others who want to modify the same order wait here.
UPDATE orders SET updated = updated WHERE reference_id = :reference_id RETURNING *;

-- name: add_modification(modification_id, form_id, reference_id, kind, amount, reason, status, refund_id, failure_code, created, updated)^
INSERT INTO modifications (
    modification_id, form_id, reference_id, kind, amount, reason, status, refund_id, failure_code, created, updated
) VALUES (
    :modification_id, :form_id, :reference_id, :kind, :amount, :reason, :status, :refund_id, :failure_code,
    :created, :updated
) ON CONFLICT DO NOTHING
RETURNING modification_id;

-- name: get_modification(modification_id, form_id, refund_id)^
SELECT * FROM modifications
WHERE modification_id = :modification_id OR form_id = :form_id OR refund_id = CAST(:refund_id AS TEXT)
LIMIT 1;

-- name: modifications_of(reference_id)
SELECT * FROM modifications WHERE reference_id = :reference_id ORDER BY created, modification_id;

-- name: refunds_of(visitor, before, most)
-- Of the orders that recent_orders returns.
SELECT reference_id, amount FROM modifications
WHERE kind = 'refund' AND status = 'succeeded' AND reference_id IN (
    SELECT reference_id FROM orders WHERE visitor = :visitor AND created < :before
    ORDER BY created DESC, reference_id LIMIT :most
);

-- name: set_modification(status, amount, refund_id, failure_code, now, modification_id)^
-- What has succeeded stays so.
UPDATE modifications SET
    status = :status,
    amount = :amount,
    refund_id = COALESCE(refund_id, CAST(:refund_id AS TEXT)),
    failure_code = :failure_code,
    updated = :now
WHERE modification_id = :modification_id AND status <> 'succeeded'
RETURNING modification_id;

-- name: remove_modification(modification_id)!
DELETE FROM modifications WHERE modification_id = :modification_id;

-- name: claim_modification(now, modification_id, not_since)^
-- Returns a row to one caller per interval.
UPDATE modifications SET asked_at = :now
WHERE modification_id = :modification_id AND (asked_at <= :not_since OR asked_at > :now)
RETURNING modification_id;

-- name: unfinished(asked_before, now, most)
SELECT * FROM modifications
WHERE status IN ('sending', 'pending') AND (asked_at < :asked_before OR asked_at > :now)
ORDER BY asked_at, created LIMIT :most;
