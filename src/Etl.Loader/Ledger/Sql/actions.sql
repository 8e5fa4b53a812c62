-- name: requeue
-- Only what has failed or was cancelled; a job of it that still exists is requeued by the caller in the same transaction.
WITH old AS (
    SELECT load_id, status, spec, job_id, finished_at
      FROM etl_loader.load
     WHERE load_id = @load_id
       FOR UPDATE
), changed AS (
    UPDATE etl_loader.load AS l
       SET status = 'queued',
           stage = 'accepted',
           spec = coalesce(@spec::json, l.spec),
           bytes_total = coalesce(@bytes, l.bytes_total),
           survey = CASE WHEN @spec IS NULL OR @spec = l.spec::text THEN l.survey END,
           failures = 0,
           kills = 0,
           kills_checkpoints = 0,
           finished_at = NULL,
           next_attempt_at = NULL,
           bytes_done = 0,
           rows_loaded = NULL,
           rows_rejected = NULL,
           waits_for = NULL,
           error = NULL,
           error_line = NULL,
           hint = NULL,
           fault = NULL,
           cause = NULL,
           cancel_requested_at = NULL,
           cancel_requested_by = NULL
      FROM old
     WHERE l.load_id = old.load_id
       AND old.status IN ('failed', 'cancelled')
 RETURNING l.load_id
)
SELECT old.status, old.job_id, changed.load_id IS NOT NULL AS done, old.finished_at
  FROM old
  LEFT JOIN changed USING (load_id)

-- name: retry_now
UPDATE etl_loader.load
   SET status = 'queued',
       next_attempt_at = NULL
 WHERE load_id = @load_id
   AND status = 'retrying'

-- name: cancel
WITH old AS (
    SELECT load_id, status, job_id, finished_at
      FROM etl_loader.load
     WHERE load_id = @load_id
       FOR UPDATE
), waiting AS (
    UPDATE etl_loader.load AS l
       SET status = 'cancelled',
           finished_at = now(),
           next_attempt_at = NULL,
           waits_for = NULL,
           error = @error,
           cancel_requested_at = now(),
           cancel_requested_by = @actor
      FROM old
     WHERE l.load_id = old.load_id
       AND old.status IN ('queued', 'retrying')
 RETURNING l.load_id
), running AS (
    UPDATE etl_loader.load AS l
       SET cancel_requested_at = coalesce(l.cancel_requested_at, now()),
           cancel_requested_by = coalesce(l.cancel_requested_by, @actor)
      FROM old
     WHERE l.load_id = old.load_id
       AND old.status = 'loading'
 RETURNING l.load_id
), told AS (
    INSERT INTO etl_loader.outbox (load_id, event)
    SELECT load_id, 'cancelled'
      FROM waiting
)
SELECT old.status, old.job_id, coalesce(waiting.load_id, running.load_id) IS NOT NULL AS done, old.finished_at
  FROM old
  LEFT JOIN waiting USING (load_id)
  LEFT JOIN running USING (load_id)

-- name: close_stale
WITH closed AS (
    UPDATE etl_loader.attempts
       SET finished_at = now(), outcome = 'crashed'
     WHERE load_id = @load_id
       AND finished_at IS NULL
)
UPDATE etl_loader.load
   SET status = 'queued',
       waits_for = NULL
 WHERE load_id = @load_id
   AND status = 'loading'

-- name: find_spec
SELECT spec
  FROM etl_loader.load
 WHERE load_id = @load_id

-- name: audit
INSERT INTO etl_loader.audit (actor, action, reason, load_id, target, details)
VALUES (@actor, @action, @reason, @load_id, coalesce(@target, (SELECT target FROM etl_loader.load WHERE load_id = @load_id)), @details)

-- name: pause
-- Only a lane that was served or has loads: a misspelt name must not become a lane. A lane that is paused keeps who paused it and why; all that a second
-- pause can change is that the running load is handed back. The row is locked either way, so that find_pause shows what this statement met.
INSERT INTO etl_loader.lane_status (target, paused_at, paused_by, pause_reason, pause_now)
SELECT @target, now(), @actor, @reason, @now
 WHERE EXISTS (SELECT FROM etl_loader.lane_status WHERE target = @target)
    OR EXISTS (SELECT FROM etl_loader.load WHERE target = @target)
    ON CONFLICT (target) DO UPDATE
   SET paused_at = coalesce(lane_status.paused_at, excluded.paused_at),
       paused_by = CASE WHEN lane_status.paused_at IS NULL THEN excluded.paused_by ELSE lane_status.paused_by END,
       pause_reason = CASE WHEN lane_status.paused_at IS NULL THEN excluded.pause_reason ELSE lane_status.pause_reason END,
       pause_now = excluded.pause_now
 WHERE lane_status.paused_at IS NULL
    OR (excluded.pause_now AND NOT lane_status.pause_now)

-- name: find_pause
SELECT paused_at, paused_by, pause_reason, pause_now
  FROM etl_loader.lane_status
 WHERE target = @target

-- name: known_lanes
SELECT coalesce(string_agg(target, ', ' ORDER BY target), 'none')
  FROM etl_loader.lane_status

-- name: resume
-- Marks the pause as ended; a lane that is not paused stays as it is.
WITH old AS (
    SELECT target, paused_at, paused_by, pause_reason, pause_now
      FROM etl_loader.lane_status
     WHERE target = @target
       FOR UPDATE
), resumed AS (
    UPDATE etl_loader.lane_status AS s
       SET paused_at = NULL,
           paused_by = NULL,
           pause_reason = NULL,
           pause_now = false
      FROM old
     WHERE s.target = old.target
       AND old.paused_at IS NOT NULL
)
SELECT paused_at, paused_by, pause_reason, pause_now
  FROM old
