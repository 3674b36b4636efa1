-- The statements of SavedPayments, valid in SQLite and in Postgres. The order that saved a card or wallet keeps it.

-- name: saved_by(visitor)
SELECT * FROM orders
WHERE visitor = :visitor AND flow IN ('save', 'pay_save') AND status IN ('saved', 'paid')
    AND payment_token_id IS NOT NULL AND token_forgotten = 0
ORDER BY created DESC, reference_id;

-- name: offered_to(visitor, currency, most)
SELECT * FROM orders
WHERE visitor = :visitor AND currency = :currency AND flow IN ('save', 'pay_save') AND status IN ('saved', 'paid')
    AND payment_token_id IS NOT NULL AND token_forgotten = 0 AND token_label <> ''
ORDER BY created DESC, reference_id LIMIT :most;

-- name: saved_token(visitor, payment_token_id)^
-- Two orders may have saved the same card: the one that knows its name.
SELECT * FROM orders
WHERE visitor = :visitor AND payment_token_id = :payment_token_id AND flow IN ('save', 'pay_save')
    AND status IN ('saved', 'paid') AND token_forgotten = 0
ORDER BY CASE token_label WHEN '' THEN 1 ELSE 0 END, created DESC LIMIT 1;

-- name: set_label(reference_id, label)^
UPDATE orders SET token_label = :label WHERE reference_id = :reference_id RETURNING reference_id;

-- name: forget(visitor, payment_token_id)^
-- Two orders may have saved the same card.
UPDATE orders SET token_forgotten = 1
WHERE visitor = :visitor AND payment_token_id = :payment_token_id AND token_forgotten = 0 RETURNING reference_id;
