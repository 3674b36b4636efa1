DROP INDEX orders_to_delete;

CREATE INDEX orders_to_delete ON orders (sandbox, updated)
WHERE status IN ('paid', 'saved', 'subscribed', 'stopped', 'expired', 'cancelled', 'released', 'declined', 'failed_to_create');
