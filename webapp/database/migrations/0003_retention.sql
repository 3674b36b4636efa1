ALTER TABLE orders ADD COLUMN sandbox BIGINT NOT NULL DEFAULT 0;

CREATE INDEX orders_to_delete ON orders (sandbox, updated)
WHERE status IN ('paid', 'saved', 'subscribed', 'expired', 'cancelled', 'failed_to_create');

ALTER TABLE inspector_steps ADD COLUMN bytes BIGINT NOT NULL DEFAULT 2000;

DROP INDEX inspector_of_an_order;

CREATE INDEX inspector_of_an_order ON inspector_steps (reference_id, first_at, bytes);

DROP INDEX inspector_by_age;

CREATE INDEX inspector_by_age ON inspector_steps (last_at, bytes);
