-- Sessions and invoices, each one JSON document in a row, and the customers that sessions name.

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
SELECT id FROM sandbox_sessions WHERE due_at <= :now ORDER BY due_at LIMIT :batch

-- name: insert_invoice^
INSERT INTO sandbox_invoices (id, business_id, external_id, version, due_at, link_hash, created_at, document)
VALUES (:id, :business_id, :external_id, 1, :due_at, :link_hash, :created_at, :document)
RETURNING id

-- name: get_invoice^
SELECT version, due_at, document FROM sandbox_invoices WHERE id = :id

-- name: find_invoice_by_link^
SELECT id FROM sandbox_invoices WHERE link_hash = :link_hash

-- name: find_invoices
-- As below, but of one external_id.
SELECT id, created_at, version, due_at, document FROM sandbox_invoices
WHERE business_id = :business_id AND external_id = :external_id AND (created_at, id) < (:created_at, :id)
ORDER BY created_at DESC, id DESC LIMIT :batch

-- name: recent_invoices
-- The invoices of a business behind one place in the list, which begins with the newest.
SELECT id, created_at, version, due_at, document FROM sandbox_invoices
WHERE business_id = :business_id AND (created_at, id) < (:created_at, :id)
ORDER BY created_at DESC, id DESC LIMIT :batch

-- name: update_invoice^
UPDATE sandbox_invoices SET version = version + 1, due_at = :due_at, document = :document
WHERE id = :id AND version = :version
RETURNING version

-- name: due_invoice
SELECT id FROM sandbox_invoices WHERE due_at <= :now ORDER BY due_at LIMIT :batch

-- name: insert_object^
-- Saved payment methods, payments with them, and subscription plans: an object is open while it has a `due_at`.
INSERT INTO sandbox_objects (id, business_id, customer_id, version, due_at, changed_at, document)
VALUES (:id, :business_id, :customer_id, 1, :due_at, :changed_at, :document)
RETURNING id

-- name: get_object^
SELECT version, due_at, document FROM sandbox_objects WHERE id = :id

-- name: update_object^
UPDATE sandbox_objects SET version = version + 1, due_at = :due_at, changed_at = :changed_at, document = :document
WHERE id = :id AND version = :version
RETURNING version

-- name: hold_object^
-- Lock an object until the transaction ends, if it is still of this version.
UPDATE sandbox_objects SET changed_at = changed_at WHERE id = :id AND version = :version
RETURNING id

-- name: due_object
SELECT id FROM sandbox_objects WHERE due_at <= :now ORDER BY due_at LIMIT :batch

-- name: insert_customer^
INSERT INTO sandbox_known_customers (reference_id, customer_id, business_id, used_at)
VALUES (:reference_id, :customer_id, :business_id, :used_at)
ON CONFLICT (reference_id) DO UPDATE SET used_at = :used_at
RETURNING customer_id

-- name: get_customer_by_reference^
SELECT customer_id, business_id FROM sandbox_known_customers WHERE reference_id = :reference_id

-- name: use_customer^
UPDATE sandbox_known_customers SET used_at = :used_at WHERE customer_id = :customer_id
RETURNING customer_id, business_id

-- name: get_customer^
SELECT c.reference_id, c.customer_id, c.business_id, c.used_at, d.document
FROM sandbox_known_customers c LEFT JOIN sandbox_customer_details d ON d.customer_id = c.customer_id
WHERE c.customer_id = :customer_id

-- name: insert_customer_details^
INSERT INTO sandbox_customer_details (customer_id, document) VALUES (:customer_id, :document)
ON CONFLICT DO NOTHING
RETURNING customer_id

-- name: insert_alias^
INSERT INTO sandbox_aliases (alias, object_id) VALUES (:alias, :object_id)
ON CONFLICT DO NOTHING
RETURNING alias

-- name: move_alias^
UPDATE sandbox_aliases SET object_id = :object_id WHERE alias = :alias AND object_id = :from_id
RETURNING alias

-- name: find_alias^
SELECT object_id FROM sandbox_aliases WHERE alias = :alias
