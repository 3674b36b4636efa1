ALTER TABLE orders ADD COLUMN share_hash TEXT;

ALTER TABLE orders ADD COLUMN shared_until TEXT NOT NULL DEFAULT '';

CREATE UNIQUE INDEX orders_that_are_shared ON orders (share_hash) WHERE share_hash IS NOT NULL;
