ALTER TABLE orders ADD COLUMN customer_id TEXT;

ALTER TABLE orders ADD COLUMN token_label TEXT NOT NULL DEFAULT '';

ALTER TABLE orders ADD COLUMN token_forgotten BIGINT NOT NULL DEFAULT 0;

DROP INDEX orders_to_delete;

CREATE INDEX orders_to_delete ON orders (sandbox, updated)
WHERE status IN ('paid', 'saved', 'subscribed', 'expired', 'cancelled', 'released', 'declined', 'failed_to_create');
