-- What is old, in batches. `…_beyond` is the time of the first row beyond the newest :most.

-- name: sessions_beyond^
SELECT created_at AS time FROM sandbox_sessions WHERE due_at IS NULL AND created_at < :before
ORDER BY created_at DESC LIMIT 1 OFFSET :most

-- name: delete_sessions
-- Only ended ones, whose webhooks have all been sent or given up.
DELETE FROM sandbox_sessions WHERE id IN (
    SELECT id FROM sandbox_sessions WHERE due_at IS NULL AND created_at <= :before AND NOT EXISTS (
        SELECT 1 FROM sandbox_webhooks WHERE object_id = sandbox_sessions.id AND sandbox_webhooks.due_at IS NOT NULL
    )
    ORDER BY created_at LIMIT :most
)
RETURNING id

-- name: invoices_beyond^
SELECT created_at AS time FROM sandbox_invoices WHERE due_at IS NULL AND created_at < :before
ORDER BY created_at DESC LIMIT 1 OFFSET :most

-- name: delete_invoices
DELETE FROM sandbox_invoices WHERE id IN (
    SELECT id FROM sandbox_invoices WHERE due_at IS NULL AND created_at <= :before AND NOT EXISTS (
        SELECT 1 FROM sandbox_webhooks WHERE object_id = sandbox_invoices.id AND sandbox_webhooks.due_at IS NOT NULL
    )
    ORDER BY created_at LIMIT :most
)
RETURNING id

-- name: objects_beyond^
SELECT changed_at AS time FROM sandbox_objects WHERE due_at IS NULL AND changed_at < :before
ORDER BY changed_at DESC LIMIT 1 OFFSET :most

-- name: delete_objects
DELETE FROM sandbox_objects WHERE id IN (
    SELECT id FROM sandbox_objects WHERE due_at IS NULL AND changed_at <= :before AND NOT EXISTS (
        SELECT 1 FROM sandbox_webhooks WHERE object_id = sandbox_objects.id AND sandbox_webhooks.due_at IS NOT NULL
    )
    ORDER BY changed_at LIMIT :most
)
RETURNING id

-- name: open_objects_beyond^
SELECT changed_at AS time FROM sandbox_objects WHERE due_at IS NOT NULL AND changed_at < :before
ORDER BY changed_at DESC LIMIT 1 OFFSET :most

-- name: delete_open_objects
DELETE FROM sandbox_objects WHERE id IN (
    SELECT id FROM sandbox_objects WHERE due_at IS NOT NULL AND changed_at <= :before
    ORDER BY changed_at LIMIT :most
)
RETURNING id

-- name: delete_webhooks_of*!
DELETE FROM sandbox_webhooks WHERE object_id = :id

-- name: delete_aliases_of*!
DELETE FROM sandbox_aliases WHERE object_id = :id

-- name: delete_callers_of*!
DELETE FROM sandbox_callers WHERE object_id = :id

-- name: customers_beyond^
SELECT used_at AS time FROM sandbox_known_customers WHERE used_at < :before ORDER BY used_at DESC LIMIT 1 OFFSET :most

-- name: renew_customers
-- Of the :most oldest, those with a saved payment method, which lasts longer. They count as used now, so that no step
-- looks at them again.
UPDATE sandbox_known_customers SET used_at = :now
WHERE reference_id IN (
    SELECT reference_id FROM sandbox_known_customers WHERE used_at <= :before ORDER BY used_at LIMIT :most
) AND EXISTS (
    SELECT 1 FROM sandbox_objects o
    WHERE o.customer_id = sandbox_known_customers.customer_id AND o.due_at IS NOT NULL
)
RETURNING customer_id

-- name: delete_customers
DELETE FROM sandbox_known_customers WHERE reference_id IN (
    SELECT reference_id FROM sandbox_known_customers WHERE used_at <= :before ORDER BY used_at LIMIT :most
)
RETURNING customer_id AS id

-- name: delete_customer_details*!
DELETE FROM sandbox_customer_details WHERE customer_id = :id

-- name: faults_beyond^
SELECT set_at AS time FROM sandbox_caller_faults WHERE set_at < :before ORDER BY set_at DESC LIMIT 1 OFFSET :most

-- name: delete_faults
DELETE FROM sandbox_caller_faults WHERE caller IN (
    SELECT caller FROM sandbox_caller_faults WHERE set_at <= :before ORDER BY set_at LIMIT :most
)
RETURNING caller AS id
