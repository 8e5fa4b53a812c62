-- name: find_load
SELECT load_id, sequence, status, stage, spec, survey, attempt, failures, accepted_at, started_at, finished_at, next_attempt_at,
       bytes_done, bytes_total, rows_loaded, rows_rejected, waits_for, error, error_line, hint, fault, job_id, receipt,
       cancel_requested_at IS NOT NULL AS cancel_requested, kills, kills_checkpoints
  FROM etl_loader.load
 WHERE load_id = @load_id

-- name: begin_attempt
-- Not when the lane is already held under a newer epoch: then this process has been replaced and does not know it yet.
WITH begun AS (
    UPDATE etl_loader.load AS l
       SET status = 'loading',
           stage = 'accepted',
           attempt = l.attempt + 1,
           started_at = now(),
           next_attempt_at = NULL,
           waits_for = NULL,
           bytes_done = 0,
           progress_at = NULL,
           moved_at = now(),
           bytes_per_second = NULL,
           rows_per_second = NULL,
           error = NULL,
           error_line = NULL,
           hint = NULL
     WHERE l.load_id = @load_id
       AND l.finished_at IS NULL
       AND NOT EXISTS (SELECT FROM etl_loader.lane_status AS s WHERE s.target = l.target AND s.epoch > @epoch)
 RETURNING l.load_id, l.attempt
), unfinished AS (
    -- An earlier attempt that never reported how it ended did not end on its own.
    UPDATE etl_loader.attempts AS a
       SET finished_at = now(), outcome = 'crashed'
      FROM begun
     WHERE a.load_id = begun.load_id
       AND a.finished_at IS NULL
)
INSERT INTO etl_loader.attempts (load_id, attempt, host, process_id, epoch)
SELECT load_id, attempt, @host, @process_id, @epoch
  FROM begun
RETURNING attempt

-- name: enter_stage
-- Bytes count from zero in each stage: a rate over two of them would mean nothing.
UPDATE etl_loader.load AS l
   SET stage = @stage,
       moved_at = now(),
       bytes_done = CASE WHEN @stage IN ('surveying', 'staging') THEN 0 ELSE bytes_done END,
       progress_at = NULL,
       bytes_per_second = NULL,
       rows_per_second = NULL
 WHERE l.load_id = @load_id AND l.attempt = @attempt AND l.status = 'loading'

-- name: report_progress
-- The rates are smoothed; the first report of a stage only sets their beginning.
WITH logged AS (
    UPDATE etl_loader.attempts AS a
       SET log = @log::json
     WHERE @log IS NOT NULL
       AND a.load_id = @load_id AND a.attempt = @attempt AND a.finished_at IS NULL
)
UPDATE etl_loader.load AS l
   SET bytes_done = @bytes_done,
       bytes_total = coalesce(@bytes_total, bytes_total),
       rows_loaded = @rows,
       moved_at = CASE WHEN @bytes_done IS DISTINCT FROM bytes_done OR @rows IS DISTINCT FROM rows_loaded THEN now() ELSE moved_at END,
       bytes_per_second = CASE WHEN progress_at < now() AND @bytes_done >= bytes_done
                               THEN 0.7 * coalesce(bytes_per_second, (@bytes_done - bytes_done) / extract(epoch FROM now() - progress_at)::double precision)
                                  + 0.3 * (@bytes_done - bytes_done) / extract(epoch FROM now() - progress_at)::double precision
                          END,
       rows_per_second = CASE WHEN progress_at < now() AND @rows >= rows_loaded
                              THEN 0.7 * coalesce(rows_per_second, (@rows - rows_loaded) / extract(epoch FROM now() - progress_at)::double precision)
                                 + 0.3 * (@rows - rows_loaded) / extract(epoch FROM now() - progress_at)::double precision
                         END,
       progress_at = now()
 WHERE l.load_id = @load_id AND l.attempt = @attempt AND l.status = 'loading'
RETURNING cancel_requested_at IS NOT NULL

-- name: save_survey
UPDATE etl_loader.load AS l
   SET survey = @survey
 WHERE l.load_id = @load_id AND l.attempt = @attempt AND l.status = 'loading'

-- name: set_kills
UPDATE etl_loader.load AS l
   SET kills = @kills,
       kills_checkpoints = @checkpoints
 WHERE l.load_id = @load_id AND l.attempt = @attempt AND l.status = 'loading'

-- name: wait_for_earlier
-- A load whose schema is the target's default one may name it or not: those wait for each other to be safe.
WITH earlier AS (
    SELECT e.load_id, e.next_attempt_at
      FROM etl_loader.load AS l
      JOIN etl_loader.load AS e
        ON e.target = l.target
       AND e.table_name = l.table_name
       AND (e.table_schema = l.table_schema OR e.table_schema IS NULL OR l.table_schema IS NULL)
       AND e.sequence < l.sequence
     WHERE l.load_id = @load_id
       AND e.finished_at IS NULL
     ORDER BY e.sequence
     LIMIT 1
), waiting AS (
    UPDATE etl_loader.load AS l
       SET waits_for = 'load ' || right(earlier.load_id::text, @short_length) || ', which was accepted before for the same table'
      FROM earlier
     WHERE l.load_id = @load_id
       AND l.status IN ('queued', 'retrying')
)
SELECT load_id, next_attempt_at
  FROM earlier

-- name: find_newer_delivery
-- A load whose schema is the target's default one may name it or not.
SELECT n.load_id
  FROM etl_loader.load AS l
  JOIN etl_loader.load AS n
    ON n.dataset = l.dataset
   AND n.sequence > l.sequence
   AND n.inbox = l.inbox
   AND n.target = l.target
   AND n.table_name = l.table_name
   AND (n.table_schema = l.table_schema OR n.table_schema IS NULL OR l.table_schema IS NULL)
 WHERE l.load_id = @load_id
   AND n.mode = 'replace'
   AND n.status <> 'cancelled'
   AND n.fault IS DISTINCT FROM 'refused'
 ORDER BY n.sequence DESC
 LIMIT 1

-- name: set_waits_for
UPDATE etl_loader.load AS l
   SET waits_for = @waits_for
 WHERE l.load_id = @load_id AND l.attempt = @attempt AND l.status = 'loading'

-- name: finish_attempt
-- One statement: the attempt's end, what the load becomes by it, and the outbox row of an outcome. The attempt must be open: a takeover
-- closes it, and from then on it can say nothing. A cancel that was asked for beats continuing, never a receipt.
WITH ended AS (
    UPDATE etl_loader.attempts AS a
       SET finished_at = now(), outcome = @outcome, error = @error, log = coalesce(@log::json, a.log)
      FROM etl_loader.load AS l
     WHERE a.load_id = @load_id AND a.attempt = @attempt AND a.finished_at IS NULL
       AND l.load_id = a.load_id AND l.attempt = a.attempt AND l.status = 'loading'
       AND NOT EXISTS (SELECT FROM etl_loader.lane_status AS s WHERE s.target = l.target AND s.epoch > a.epoch)
 RETURNING a.load_id
), becomes AS (
    SELECT e.load_id,
           CASE WHEN @outcome IN ('retry', 'interrupted', 'crashed') AND l.cancel_requested_at IS NOT NULL THEN 'cancelled'
                WHEN @outcome = 'retry' THEN 'retrying'
                WHEN @outcome IN ('interrupted', 'crashed') THEN 'queued'
                WHEN @outcome = 'fenced' THEN 'queued'
                ELSE @outcome
           END AS status
      FROM ended AS e
      JOIN etl_loader.load AS l USING (load_id)
), changed AS (
    UPDATE etl_loader.load AS l
       SET status = b.status,
           stage = CASE WHEN b.status = 'loaded' THEN 'published' ELSE l.stage END,
           failures = l.failures + CASE WHEN @outcome IN ('retry', 'failed') THEN 1 ELSE 0 END,
           finished_at = CASE WHEN b.status IN ('loaded', 'failed', 'cancelled', 'superseded') THEN now() END,
           next_attempt_at = CASE WHEN b.status = 'retrying' THEN @next_attempt_at END,
           rows_loaded = coalesce(@rows_loaded, CASE WHEN b.status IN ('queued', 'retrying') THEN NULL ELSE l.rows_loaded END),
           rows_rejected = coalesce(@rows_rejected, l.rows_rejected),
           bytes_done = CASE WHEN b.status = 'loaded' THEN coalesce(l.bytes_total, l.bytes_done) ELSE l.bytes_done END,
           waits_for = NULL,
           error = @error,
           error_line = @error_line,
           hint = @hint,
           fault = CASE WHEN b.status = 'failed' THEN @fault END,
           cause = CASE WHEN b.status = 'failed' THEN etl_loader.cause_of(@fault, @error, l.dataset, l.table_name) END,
           receipt = coalesce(@receipt::json, l.receipt)
      FROM becomes AS b
     WHERE l.load_id = b.load_id
 RETURNING l.load_id, l.status
), told AS (
    INSERT INTO etl_loader.outbox (load_id, event)
    SELECT load_id, status
      FROM changed
     WHERE status IN ('loaded', 'failed', 'cancelled', 'superseded')
), told_of_schema AS (
    INSERT INTO etl_loader.outbox (load_id, event, details)
    SELECT load_id, 'schema_changed', @schema_changed::json
      FROM changed
     WHERE status = 'loaded' AND @schema_changed IS NOT NULL
)
SELECT status
  FROM changed
 UNION ALL
-- Reported before by this attempt, whose answer was lost. What this statement changes is not seen here.
SELECT l.status
  FROM etl_loader.attempts AS a
  JOIN etl_loader.load AS l ON l.load_id = a.load_id AND l.attempt = a.attempt
 WHERE a.load_id = @load_id AND a.attempt = @attempt AND a.finished_at IS NOT NULL AND a.outcome = @outcome
