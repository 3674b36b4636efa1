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

-- name: create_sessions_open!
CREATE INDEX IF NOT EXISTS sandbox_sessions_open ON sandbox_sessions (due_at) WHERE due_at IS NOT NULL

-- name: create_sessions_ended!
CREATE INDEX IF NOT EXISTS sandbox_sessions_ended ON sandbox_sessions (created_at) WHERE due_at IS NULL

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

-- name: create_invoices_open!
CREATE INDEX IF NOT EXISTS sandbox_invoices_open ON sandbox_invoices (due_at) WHERE due_at IS NOT NULL

-- name: create_invoices_reference!
CREATE INDEX IF NOT EXISTS sandbox_invoices_reference ON sandbox_invoices (business_id, external_id, created_at, id)

-- name: create_invoices_ended!
CREATE INDEX IF NOT EXISTS sandbox_invoices_ended ON sandbox_invoices (created_at) WHERE due_at IS NULL

-- name: create_invoices_recent!
CREATE INDEX IF NOT EXISTS sandbox_invoices_recent ON sandbox_invoices (business_id, created_at)

-- name: create_known_customers!
CREATE TABLE IF NOT EXISTS sandbox_known_customers (
    reference_id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL UNIQUE,
    business_id TEXT NOT NULL,
    used_at TEXT NOT NULL
)

-- name: create_known_customers_used!
CREATE INDEX IF NOT EXISTS sandbox_known_customers_used ON sandbox_known_customers (used_at)

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

-- name: create_webhooks_recent!
CREATE INDEX IF NOT EXISTS sandbox_webhooks_recent ON sandbox_webhooks (created_at, position)

-- name: create_switches!
CREATE TABLE IF NOT EXISTS sandbox_switches (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
)

-- name: create_caller_faults!
CREATE TABLE IF NOT EXISTS sandbox_caller_faults (
    caller TEXT PRIMARY KEY,
    fail TEXT NOT NULL,
    delay BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    set_at TEXT NOT NULL
)

-- name: create_caller_faults_set!
CREATE INDEX IF NOT EXISTS sandbox_caller_faults_set ON sandbox_caller_faults (set_at)

-- name: create_callers!
CREATE TABLE IF NOT EXISTS sandbox_callers (
    object_id TEXT PRIMARY KEY,
    caller TEXT NOT NULL
)

-- name: create_aliases!
CREATE TABLE IF NOT EXISTS sandbox_aliases (
    alias TEXT PRIMARY KEY,
    object_id TEXT NOT NULL
)

-- name: create_aliases_object!
CREATE INDEX IF NOT EXISTS sandbox_aliases_object ON sandbox_aliases (object_id)

-- name: create_objects!
CREATE TABLE IF NOT EXISTS sandbox_objects (
    id TEXT PRIMARY KEY,
    business_id TEXT NOT NULL,
    customer_id TEXT,
    version BIGINT NOT NULL,
    due_at TEXT,
    changed_at TEXT NOT NULL,
    document TEXT NOT NULL
)

-- name: create_objects_due!
CREATE INDEX IF NOT EXISTS sandbox_objects_due ON sandbox_objects (due_at) WHERE due_at IS NOT NULL

-- name: create_objects_open!
CREATE INDEX IF NOT EXISTS sandbox_objects_open ON sandbox_objects (changed_at) WHERE due_at IS NOT NULL

-- name: create_objects_ended!
CREATE INDEX IF NOT EXISTS sandbox_objects_ended ON sandbox_objects (changed_at) WHERE due_at IS NULL

-- name: create_objects_customer!
CREATE INDEX IF NOT EXISTS sandbox_objects_customer ON sandbox_objects (customer_id)

-- name: create_customer_details!
CREATE TABLE IF NOT EXISTS sandbox_customer_details (customer_id TEXT PRIMARY KEY, document TEXT NOT NULL)
