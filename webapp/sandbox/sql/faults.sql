-- Faults on purpose: WebhookFaults are in sandbox_switches, CallerFaults in sandbox_caller_faults.

-- name: list_webhook_faults
SELECT name, value FROM sandbox_switches

-- name: set_webhook_fault^
INSERT INTO sandbox_switches (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = :value
RETURNING name

-- name: clear_webhook_faults!
DELETE FROM sandbox_switches

-- name: get_caller_faults^
SELECT fail, delay, duplicate FROM sandbox_caller_faults WHERE caller = :caller

-- name: set_caller_faults^
INSERT INTO sandbox_caller_faults (caller, fail, delay, duplicate, set_at)
VALUES (:caller, :fail, :delay, :duplicate, :set_at)
ON CONFLICT (caller) DO UPDATE SET fail = :fail, delay = :delay, duplicate = :duplicate, set_at = :set_at
RETURNING caller

-- name: clear_caller_faults!
DELETE FROM sandbox_caller_faults WHERE caller = :caller

-- name: clear_failure^
UPDATE sandbox_caller_faults SET fail = '' WHERE caller = :caller AND fail = :fail RETURNING caller

-- name: insert_caller^
INSERT INTO sandbox_callers (object_id, caller) VALUES (:object_id, :caller) ON CONFLICT DO NOTHING RETURNING caller

-- name: copy_caller^
INSERT INTO sandbox_callers (object_id, caller)
SELECT :object_id, caller FROM sandbox_callers WHERE object_id = :parent_id
ON CONFLICT DO NOTHING
RETURNING caller

-- name: get_faults_of_object^
SELECT delay, duplicate FROM sandbox_caller_faults
WHERE caller = (SELECT caller FROM sandbox_callers WHERE object_id = :object_id)
