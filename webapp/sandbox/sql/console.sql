-- The lists of the console, newest first.

-- name: newest_sessions
SELECT id, document, created_at AS at FROM sandbox_sessions ORDER BY created_at DESC, id LIMIT 60

-- name: newest_invoices
SELECT id, document, created_at AS at FROM sandbox_invoices ORDER BY created_at DESC, id LIMIT 60

-- name: newest_objects
SELECT id, document, changed_at AS at FROM sandbox_objects WHERE substr(id, 1, 3) = :prefix ORDER BY changed_at DESC, id LIMIT 60

-- name: get_webhook^
SELECT webhook_id, event, object_id, status, attempts, answer, due_at, created_at, body FROM sandbox_webhooks
WHERE webhook_id = :webhook_id

-- name: create_sessions_newest!
CREATE INDEX IF NOT EXISTS sandbox_sessions_newest ON sandbox_sessions (created_at DESC, id)

-- name: create_invoices_newest!
CREATE INDEX IF NOT EXISTS sandbox_invoices_newest ON sandbox_invoices (created_at DESC, id)

-- name: create_objects_of_a_kind!
CREATE INDEX IF NOT EXISTS sandbox_objects_of_a_kind ON sandbox_objects (substr(id, 1, 3), changed_at DESC, id)
