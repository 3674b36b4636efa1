-- The outbox: webhooks that wait, and webhooks that were sent.

-- name: insert_webhook^
INSERT INTO sandbox_webhooks (webhook_id, position, event, object_id, body, status, copies, attempts, answer, due_at, created_at)
VALUES (:webhook_id, :position, :event, :object_id, :body, 'QUEUED', :copies, 0, '', :due_at, :created_at)
RETURNING webhook_id

-- name: due_webhooks
SELECT webhook_id, object_id, due_at, event, body FROM sandbox_webhooks WHERE due_at <= :now ORDER BY due_at, position LIMIT 1000

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

-- name: hasten_webhooks!
UPDATE sandbox_webhooks SET due_at = :now WHERE due_at > :now

-- name: list_webhooks
SELECT webhook_id, event, object_id, status, attempts, answer, due_at, created_at FROM sandbox_webhooks
ORDER BY created_at DESC, position DESC LIMIT 200

-- name: list_webhooks_of
SELECT webhook_id, event, object_id, status, attempts, answer, due_at, created_at FROM sandbox_webhooks
WHERE object_id = :object_id ORDER BY created_at DESC, position DESC LIMIT 200
