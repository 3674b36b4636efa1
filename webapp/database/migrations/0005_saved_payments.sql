ALTER TABLE orders ADD COLUMN customer_id TEXT;

ALTER TABLE orders ADD COLUMN token_label TEXT NOT NULL DEFAULT '';

ALTER TABLE orders ADD COLUMN token_forgotten BIGINT NOT NULL DEFAULT 0;

CREATE INDEX orders_by_customer ON orders (visitor, currency, created DESC) WHERE customer_id IS NOT NULL;

CREATE INDEX orders_that_saved ON orders (visitor, created DESC)
WHERE payment_token_id IS NOT NULL AND token_forgotten = 0;

DROP INDEX orders_to_delete;

CREATE INDEX orders_to_delete ON orders (sandbox, updated)
WHERE status IN ('paid', 'saved', 'subscribed', 'expired', 'cancelled', 'released', 'declined', 'failed_to_create');
