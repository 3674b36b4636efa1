CREATE TABLE orders (
    reference_id TEXT PRIMARY KEY,
    checkout_id TEXT NOT NULL UNIQUE,
    visitor TEXT NOT NULL,
    integration TEXT NOT NULL,
    flow TEXT NOT NULL,
    currency TEXT NOT NULL,
    country TEXT NOT NULL,
    locale TEXT NOT NULL,
    lines TEXT NOT NULL,
    amount TEXT NOT NULL,
    status TEXT NOT NULL,
    payment_session_id TEXT,
    invoice_id TEXT,
    payment_request_id TEXT,
    payment_id TEXT,
    payment_token_id TEXT,
    recurring_plan_id TEXT,
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    asked_at TEXT NOT NULL DEFAULT '',
    asked_times BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX orders_of_a_visitor ON orders (visitor, created DESC);

CREATE INDEX orders_to_sweep ON orders (expires_at) WHERE status IN ('waiting', 'pending_approval');

CREATE INDEX orders_by_payment_request ON orders (payment_request_id) WHERE payment_request_id IS NOT NULL;

CREATE INDEX orders_by_token ON orders (payment_token_id) WHERE payment_token_id IS NOT NULL;

CREATE INDEX orders_by_plan ON orders (recurring_plan_id) WHERE recurring_plan_id IS NOT NULL;

CREATE TABLE order_changes (
    change_id TEXT PRIMARY KEY,
    reference_id TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    old_status TEXT NOT NULL,
    new_status TEXT NOT NULL,
    cause TEXT NOT NULL
);

CREATE INDEX changes_of_an_order ON order_changes (reference_id, changed_at);

CREATE TABLE webhooks (
    webhook_key TEXT PRIMARY KEY,
    received_at TEXT NOT NULL,
    event TEXT NOT NULL,
    reference_id TEXT NOT NULL,
    verdict TEXT NOT NULL
);

CREATE INDEX webhooks_of_an_order ON webhooks (reference_id, received_at);
