-- Tables and indexes of older versions, which have gone.

-- name: drop_sessions_due!
DROP INDEX IF EXISTS sandbox_sessions_due

-- name: drop_invoices_due!
DROP INDEX IF EXISTS sandbox_invoices_due

-- name: drop_invoices_external!
DROP INDEX IF EXISTS sandbox_invoices_external

-- name: drop_customers!
DROP TABLE IF EXISTS sandbox_customers

-- name: drop_controls!
DROP TABLE IF EXISTS sandbox_controls

-- name: drop_objects_newest!
DROP INDEX IF EXISTS sandbox_objects_newest
