DROP INDEX orders_to_delete;

CREATE INDEX orders_to_delete ON orders (sandbox, updated)
WHERE status IN ('paid', 'saved', 'subscribed', 'stopped', 'expired', 'cancelled', 'released', 'declined', 'failed_to_create')
AND (sandbox = 1 OR status <> 'subscribed'
    AND (flow NOT IN ('save', 'pay_save') OR payment_token_id IS NULL OR token_forgotten = 1));
