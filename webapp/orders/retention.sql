-- The statements that delete old orders, valid in SQLite and in Postgres. An order that is open is in none of them.
-- With Xendit, one whose plan or saved method can still charge stays too. The index orders_to_delete has the same rule.

-- name: closed_beyond(sandbox, before, most)^
-- The time of the first closed order beyond the :most newest, if there are so many.
SELECT updated FROM orders
WHERE sandbox = :sandbox AND updated < :before
    AND status IN ('paid', 'saved', 'subscribed', 'stopped', 'expired', 'cancelled', 'released', 'declined', 'failed_to_create')
    AND (sandbox = 1 OR status <> 'subscribed'
        AND (flow NOT IN ('save', 'pay_save') OR payment_token_id IS NULL OR token_forgotten = 1))
ORDER BY updated DESC LIMIT 1 OFFSET :most;

-- name: delete_closed(sandbox, before, most)
-- Deletes the :most oldest of the closed orders that have not changed since :before.
DELETE FROM orders WHERE reference_id IN (
    SELECT reference_id FROM orders
    WHERE sandbox = :sandbox AND updated <= :before
        AND status IN ('paid', 'saved', 'subscribed', 'stopped', 'expired', 'cancelled', 'released', 'declined', 'failed_to_create')
        AND (sandbox = 1 OR status <> 'subscribed'
            AND (flow NOT IN ('save', 'pay_save') OR payment_token_id IS NULL OR token_forgotten = 1))
        AND NOT EXISTS (
            SELECT 1 FROM modifications
            WHERE modifications.reference_id = orders.reference_id AND modifications.status IN ('sending', 'pending')
        )
    ORDER BY updated LIMIT :most
)
RETURNING reference_id;

-- name: delete_changes(reference_id)*!
DELETE FROM order_changes WHERE reference_id = :reference_id;

-- name: delete_modifications(reference_id)*!
DELETE FROM modifications WHERE reference_id = :reference_id;

-- name: delete_webhooks(reference_id)*!
DELETE FROM webhooks WHERE reference_id = :reference_id;

-- name: delete_stray_webhooks(before, most)
-- Of webhooks about no order of this shop.
DELETE FROM webhooks WHERE webhook_key IN (
    SELECT webhook_key FROM webhooks WHERE reference_id = '' AND received_at < :before
    ORDER BY received_at LIMIT :most
)
RETURNING webhook_key;
