-- The statements of Shares, valid in SQLite and in Postgres. An order has one link at most.

-- name: open_share(reference_id, share_hash, until)^
UPDATE orders SET share_hash = :share_hash, shared_until = :until
WHERE reference_id = :reference_id RETURNING reference_id;

-- name: close_share(reference_id)^
UPDATE orders SET share_hash = NULL, shared_until = '' WHERE reference_id = :reference_id RETURNING reference_id;

-- name: shared_order(share_hash, now)^
SELECT * FROM orders WHERE share_hash = :share_hash AND shared_until > :now;

-- name: shared_until(reference_id, now)^
SELECT shared_until FROM orders WHERE reference_id = :reference_id AND shared_until > :now;
