-- Every statement of the sandbox, valid in SQLite and Postgres: text and whole numbers only, moments are ISO 8601 in UTC.

-- name: create_sessions!
CREATE TABLE IF NOT EXISTS sandbox_sessions (
    id TEXT PRIMARY KEY,
    business_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    due_at TEXT,
    auth_hash TEXT NOT NULL UNIQUE,
    link_hash TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    document TEXT NOT NULL
)

-- name: create_sessions_due!
CREATE INDEX IF NOT EXISTS sandbox_sessions_due ON sandbox_sessions (due_at)

-- name: create_invoices!
CREATE TABLE IF NOT EXISTS sandbox_invoices (
    id TEXT PRIMARY KEY,
    business_id TEXT NOT NULL,
    external_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    due_at TEXT,
    link_hash TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    document TEXT NOT NULL
)

-- name: create_invoices_due!
CREATE INDEX IF NOT EXISTS sandbox_invoices_due ON sandbox_invoices (due_at)

-- name: create_invoices_external!
CREATE INDEX IF NOT EXISTS sandbox_invoices_external ON sandbox_invoices (business_id, external_id)

-- name: create_customers!
CREATE TABLE IF NOT EXISTS sandbox_customers (
    reference_id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL UNIQUE,
    business_id TEXT NOT NULL
)

-- name: create_webhooks!
CREATE TABLE IF NOT EXISTS sandbox_webhooks (
    webhook_id TEXT PRIMARY KEY,
    position BIGINT NOT NULL,
    event TEXT NOT NULL,
    object_id TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    copies BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    answer TEXT NOT NULL,
    due_at TEXT,
    created_at TEXT NOT NULL
)

-- name: create_webhooks_due!
CREATE INDEX IF NOT EXISTS sandbox_webhooks_due ON sandbox_webhooks (due_at)

-- name: create_webhooks_object!
CREATE INDEX IF NOT EXISTS sandbox_webhooks_object ON sandbox_webhooks (object_id)

-- name: create_switches!
CREATE TABLE IF NOT EXISTS sandbox_switches (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
)

-- name: insert_session^
INSERT INTO sandbox_sessions (id, business_id, version, due_at, auth_hash, link_hash, created_at, document)
VALUES (:id, :business_id, 1, :due_at, :auth_hash, :link_hash, :created_at, :document)
RETURNING id

-- name: get_session^
SELECT version, due_at, document FROM sandbox_sessions WHERE id = :id

-- name: find_session_by_auth^
SELECT id FROM sandbox_sessions WHERE auth_hash = :auth_hash

-- name: find_session_by_link^
SELECT id FROM sandbox_sessions WHERE link_hash = :link_hash

-- name: update_session^
UPDATE sandbox_sessions SET version = version + 1, due_at = :due_at, document = :document
WHERE id = :id AND version = :version
RETURNING version

-- name: due_session
SELECT id FROM sandbox_sessions WHERE due_at <= :now ORDER BY due_at LIMIT 100

-- name: insert_invoice^
INSERT INTO sandbox_invoices (id, business_id, external_id, version, due_at, link_hash, created_at, document)
VALUES (:id, :business_id, :external_id, 1, :due_at, :link_hash, :created_at, :document)
RETURNING id

-- name: get_invoice^
SELECT version, due_at, document FROM sandbox_invoices WHERE id = :id

-- name: find_invoice_by_link^
SELECT id FROM sandbox_invoices WHERE link_hash = :link_hash

-- name: find_invoices
SELECT id FROM sandbox_invoices WHERE business_id = :business_id AND external_id = :external_id
ORDER BY created_at DESC, id LIMIT 100

-- name: recent_invoices
SELECT id FROM sandbox_invoices WHERE business_id = :business_id ORDER BY created_at DESC, id LIMIT 10

-- name: update_invoice^
UPDATE sandbox_invoices SET version = version + 1, due_at = :due_at, document = :document
WHERE id = :id AND version = :version
RETURNING version

-- name: due_invoice
SELECT id FROM sandbox_invoices WHERE due_at <= :now ORDER BY due_at LIMIT 100

-- name: insert_customer^
INSERT INTO sandbox_customers (reference_id, customer_id, business_id)
VALUES (:reference_id, :customer_id, :business_id)
ON CONFLICT DO NOTHING
RETURNING customer_id

-- name: get_customer_by_reference^
SELECT customer_id, business_id FROM sandbox_customers WHERE reference_id = :reference_id

-- name: get_customer^
SELECT customer_id, business_id FROM sandbox_customers WHERE customer_id = :customer_id

-- name: insert_webhook^
INSERT INTO sandbox_webhooks (webhook_id, position, event, object_id, body, status, copies, attempts, answer, due_at, created_at)
VALUES (:webhook_id, :position, :event, :object_id, :body, 'QUEUED', :copies, 0, '', :due_at, :created_at)
RETURNING webhook_id

-- name: due_webhooks
SELECT webhook_id, object_id, due_at FROM sandbox_webhooks WHERE due_at <= :now ORDER BY due_at, position LIMIT 200

-- name: claim_webhook^
UPDATE sandbox_webhooks SET due_at = :lease, attempts = attempts + 1
WHERE webhook_id = :webhook_id AND due_at = :due_at
RETURNING webhook_id, event, object_id, body, copies, attempts

-- name: settle_webhook^
UPDATE sandbox_webhooks SET status = :status, answer = :answer, due_at = :due_at
WHERE webhook_id = :webhook_id AND due_at = :lease
RETURNING webhook_id

-- name: resend_webhook^
UPDATE sandbox_webhooks SET status = 'QUEUED', attempts = 0, due_at = :now
WHERE webhook_id = :webhook_id AND (:object_id = '' OR object_id = :object_id)
RETURNING webhook_id

-- name: list_webhooks
SELECT webhook_id, event, object_id, status, attempts, answer, due_at, created_at FROM sandbox_webhooks
ORDER BY created_at DESC, position DESC LIMIT 200

-- name: list_webhooks_of
SELECT webhook_id, event, object_id, status, attempts, answer, due_at, created_at FROM sandbox_webhooks
WHERE object_id = :object_id ORDER BY created_at DESC, position DESC LIMIT 200

-- name: all_switches
SELECT name, value FROM sandbox_switches

-- name: set_switch^
INSERT INTO sandbox_switches (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = :value
RETURNING name

-- name: forget_webhooks!
DELETE FROM sandbox_webhooks WHERE created_at < :before AND due_at IS NULL

-- name: forget_sessions!
DELETE FROM sandbox_sessions WHERE created_at < :before AND due_at IS NULL

-- name: forget_invoices!
DELETE FROM sandbox_invoices WHERE created_at < :before AND due_at IS NULL

-- name: create_controls!
CREATE TABLE IF NOT EXISTS sandbox_controls (
    caller TEXT PRIMARY KEY,
    fail TEXT NOT NULL,
    delay BIGINT NOT NULL,
    duplicate BIGINT NOT NULL
)

-- name: create_callers!
CREATE TABLE IF NOT EXISTS sandbox_callers (
    object_id TEXT PRIMARY KEY,
    caller TEXT NOT NULL
)

-- name: get_controls^
SELECT fail, delay, duplicate FROM sandbox_controls WHERE caller = :caller

-- name: set_controls^
INSERT INTO sandbox_controls (caller, fail, delay, duplicate) VALUES (:caller, :fail, :delay, :duplicate)
ON CONFLICT (caller) DO UPDATE SET fail = :fail, delay = :delay, duplicate = :duplicate
RETURNING caller

-- name: take_failure^
UPDATE sandbox_controls SET fail = '' WHERE caller = :caller AND fail = :fail RETURNING caller

-- name: insert_caller^
INSERT INTO sandbox_callers (object_id, caller) VALUES (:object_id, :caller) ON CONFLICT DO NOTHING RETURNING caller

-- name: get_controls_of_object^
SELECT delay, duplicate FROM sandbox_controls
WHERE caller = (SELECT caller FROM sandbox_callers WHERE object_id = :object_id)

-- name: forget_callers!
DELETE FROM sandbox_callers WHERE object_id NOT IN (
    SELECT id FROM sandbox_sessions UNION ALL SELECT id FROM sandbox_invoices
)
