-- The statements of OrderBook, valid in SQLite and in Postgres.

-- name: add_order(reference_id, checkout_id, visitor, integration, flow, currency, country, locale, lines, amount, status, created, updated, expires_at, sandbox, customer_id, payment_token_id, token_label, shop_name, shop_colour, room, options)^
INSERT INTO orders (
    reference_id, checkout_id, visitor, integration, flow, currency, country, locale, lines, amount, status,
    created, updated, expires_at, sandbox, customer_id, payment_token_id, token_label, shop_name, shop_colour, room, options
) VALUES (
    :reference_id, :checkout_id, :visitor, :integration, :flow, :currency, :country, :locale, :lines, :amount, :status,
    :created, :updated, :expires_at, :sandbox, :customer_id, :payment_token_id, :token_label,
    :shop_name, :shop_colour, :room, :options
) ON CONFLICT DO NOTHING
RETURNING reference_id;

-- name: check_writable()!
UPDATE orders SET updated = updated WHERE reference_id = '';

-- name: get_order(reference_id)^
SELECT * FROM orders WHERE reference_id = :reference_id;

-- name: get_order_by_checkout(checkout_id)^
SELECT * FROM orders WHERE checkout_id = :checkout_id;

-- name: find_order(payment_request_id, payment_token_id, recurring_plan_id, invoice_id)^
-- For payment and recurring webhooks, which do not carry our reference.
SELECT * FROM orders
WHERE payment_request_id = :payment_request_id
    OR (payment_token_id = :payment_token_id AND integration <> 'saved_payment')
    OR recurring_plan_id = :recurring_plan_id
    OR invoice_id = :invoice_id
LIMIT 1;

-- name: recent_orders(visitor, before, most)
SELECT * FROM orders WHERE visitor = :visitor AND created < :before ORDER BY created DESC, reference_id LIMIT :most;

-- name: past(visitor, since, currency, checkout_id, most)^
-- Counts no further than 100: the shop takes fewer in an hour (MAX_ORDERS_AN_HOUR).
SELECT COUNT(*) AS orders, (
    SELECT customer_id FROM orders
    WHERE visitor = :visitor AND currency = :currency AND customer_id IS NOT NULL
    ORDER BY created DESC LIMIT 1
) AS customer_id, (SELECT reference_id FROM orders WHERE checkout_id = :checkout_id) AS reference_id, EXISTS (
    SELECT 1 FROM (SELECT status, integration FROM orders WHERE visitor = :visitor ORDER BY created DESC LIMIT :most) AS last
    WHERE status IN ('paid', 'subscribed', 'authorized', 'pending_approval') OR (integration = 'saved_payment' AND status = 'waiting')
) AS paying
FROM (SELECT 1 FROM orders WHERE visitor = :visitor AND created > :since LIMIT 100) AS made;

-- name: overdue_orders(now, asked_before, most)
SELECT * FROM orders
WHERE status IN ('waiting', 'pending_approval', 'authorized') AND expires_at < :now AND (asked_at < :asked_before OR asked_at > :now)
ORDER BY asked_at LIMIT :most;

-- name: set_ids(payment_session_id, invoice_id, payment_request_id, payment_id, customer_id, payment_token_id, recurring_plan_id, now, reference_id)^
UPDATE orders SET
    payment_session_id = COALESCE(CAST(:payment_session_id AS TEXT), payment_session_id),
    invoice_id = COALESCE(CAST(:invoice_id AS TEXT), invoice_id),
    payment_request_id = COALESCE(CAST(:payment_request_id AS TEXT), payment_request_id),
    payment_id = COALESCE(payment_id, CAST(:payment_id AS TEXT)),
    customer_id = COALESCE(CAST(:customer_id AS TEXT), customer_id),
    payment_token_id = COALESCE(payment_token_id, CAST(:payment_token_id AS TEXT)),
    recurring_plan_id = COALESCE(recurring_plan_id, CAST(:recurring_plan_id AS TEXT)),
    updated = :now
WHERE reference_id = :reference_id
RETURNING reference_id;

-- name: set_status(new_status, payment_session_id, invoice_id, payment_request_id, payment_id, payment_token_id, recurring_plan_id, captured, expires_at, now, reference_id, old_status)^
-- Compare and set: no row is changed if the stored status differs from :old_status.
UPDATE orders SET
    status = :new_status,
    payment_session_id = COALESCE(payment_session_id, CAST(:payment_session_id AS TEXT)),
    invoice_id = COALESCE(invoice_id, CAST(:invoice_id AS TEXT)),
    payment_request_id = COALESCE(CAST(:payment_request_id AS TEXT), payment_request_id),
    payment_id = COALESCE(CAST(:payment_id AS TEXT), payment_id),
    payment_token_id = COALESCE(CAST(:payment_token_id AS TEXT), payment_token_id),
    recurring_plan_id = COALESCE(CAST(:recurring_plan_id AS TEXT), recurring_plan_id),
    captured = COALESCE(CAST(:captured AS TEXT), captured),
    expires_at = COALESCE(CAST(:expires_at AS TEXT), expires_at),
    updated = :now
WHERE reference_id = :reference_id AND status = :old_status
RETURNING *;

-- name: add_change(change_id, reference_id, now, old_status, new_status, cause)!
INSERT INTO order_changes (change_id, reference_id, changed_at, old_status, new_status, cause)
VALUES (:change_id, :reference_id, :now, :old_status, :new_status, :cause);

-- name: changes_of(reference_id)
SELECT * FROM order_changes WHERE reference_id = :reference_id ORDER BY changed_at, change_id;

-- name: disown_orders(visitor, nobody)^
UPDATE orders SET visitor = :nobody, share_hash = NULL WHERE visitor = :visitor RETURNING reference_id;

-- name: claim_refresh(now, reference_id, not_since)^
-- Returns a row to one caller per interval.
UPDATE orders SET asked_at = :now, asked_times = asked_times + 1
WHERE reference_id = :reference_id AND (asked_at <= :not_since OR asked_at > :now) -- a clock may have been set back
RETURNING asked_times;

-- name: add_webhook(webhook_key, now, event, reference_id, verdict)^
INSERT INTO webhooks (webhook_key, received_at, event, reference_id, verdict)
VALUES (:webhook_key, :now, :event, :reference_id, :verdict)
ON CONFLICT DO NOTHING
RETURNING webhook_key;

-- name: last_webhook(reference_id)^
SELECT event FROM webhooks WHERE reference_id = :reference_id ORDER BY received_at DESC LIMIT 1;
