ALTER TABLE orders ADD COLUMN captured TEXT;

DROP INDEX orders_to_sweep;

CREATE INDEX orders_to_sweep ON orders (expires_at) WHERE status IN ('waiting', 'pending_approval', 'authorized');

CREATE INDEX orders_by_invoice ON orders (invoice_id) WHERE invoice_id IS NOT NULL;

DROP INDEX orders_to_delete;

CREATE INDEX orders_to_delete ON orders (sandbox, updated)
WHERE status IN ('paid', 'saved', 'subscribed', 'expired', 'cancelled', 'released', 'failed_to_create');

CREATE TABLE modifications (
    modification_id TEXT PRIMARY KEY,
    form_id TEXT NOT NULL UNIQUE,
    reference_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount TEXT NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    refund_id TEXT UNIQUE,
    failure_code TEXT NOT NULL DEFAULT '',
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    asked_at TEXT NOT NULL DEFAULT ''
);

CREATE INDEX modifications_of_an_order ON modifications (reference_id, created);

CREATE UNIQUE INDEX one_modification_at_a_time ON modifications (reference_id) WHERE status IN ('sending', 'pending');
