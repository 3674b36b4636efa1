-- The tables and their indexes, valid in SQLite and Postgres: text and whole numbers only. Times are ISO 8601 in UTC.

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
