-- Failures on purpose: of all webhooks (sandbox_switches), and of one caller alone (sandbox_controls).

-- name: all_switches
SELECT name, value FROM sandbox_switches

-- name: set_switch^
INSERT INTO sandbox_switches (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = :value
RETURNING name

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
