-- name: filter
-- Stands in the statements below. Absent filters are constants to the planner, since statements are planned with their values. All of these columns
-- are in the indexes that the statements go by: rows that do not match are not read.
        (@target IS NULL OR l.target = @target)
    AND (@inbox IS NULL OR l.inbox = @inbox)
    AND (@table IS NULL OR l.table_name = @table OR l.table_schema || '.' || l.table_name = @table)
    AND (@table_like IS NULL OR l.table_name LIKE @table_like OR l.table_schema || '.' || l.table_name LIKE @table_like)
    AND (@file IS NULL OR l.dataset = @file)
    AND (@file_like IS NULL OR l.dataset LIKE @file_like)
    AND (@since IS NULL OR l.accepted_at >= now() - @since)
    AND (@cause IS NULL OR l.cause = @cause)
    -- Which no parallel worker may run, so that there are none: they begin with nothing of the index mapped, and took 800 ms over a million loads where
    -- a session that has it takes 105.
    AND (SELECT set_config('max_parallel_workers_per_gather', '0', true)) = '0'

-- name: list_loads
SELECT s.*, f.sequence
  FROM (
       SELECT l.load_id, l.sequence
         FROM etl_loader.load AS l
        WHERE l.sequence IN (
              SELECT l.sequence
                FROM etl_loader.load AS l
               WHERE (@after IS NULL OR l.sequence < @after)
                 AND {filter}
               ORDER BY l.sequence DESC
               LIMIT @limit)
  ) AS f
  JOIN etl_loader.load_status AS s USING (load_id)
 ORDER BY f.sequence DESC

-- name: list_loads_by_status
SELECT s.*, f.sequence
  FROM (
       SELECT l.load_id, l.sequence
         FROM etl_loader.load AS l
        WHERE l.sequence IN (
              SELECT m.sequence
                FROM unnest(@statuses) AS w (status)
               CROSS JOIN LATERAL (
                     SELECT l.sequence
                       FROM etl_loader.load AS l
                      WHERE l.status = w.status
                        AND (@after IS NULL OR l.sequence < @after)
                        AND {filter}
                      ORDER BY l.sequence DESC
                      LIMIT @limit) AS m
               ORDER BY m.sequence DESC
               LIMIT @limit)
  ) AS f
  JOIN etl_loader.load_status AS s USING (load_id)
 ORDER BY f.sequence DESC

-- name: find_attempts
SELECT attempt, started_at, finished_at, outcome, host, process_id, epoch, error, log
  FROM etl_loader.attempts
 WHERE load_id = @load_id
 ORDER BY attempt

-- name: find_delivery
SELECT load_id
  FROM etl_loader.load
 WHERE inbox = @inbox
   AND delivery = @delivery

-- name: resolve_load
-- A beginning of an id, or its short form: its last characters. Reads the index of ids alone.
SELECT load_id
  FROM etl_loader.load
 WHERE load_id::text LIKE @text || '%'
    OR right(load_id::text, @short_length) = @text
 ORDER BY sequence DESC
 LIMIT 6

-- name: lanes
-- Each process that holds a lane's lock or waits for it has one session named after lane and process; see QueueDatabase.LockConnectionString.
SELECT coalesce(s.target, q.target) AS target, s.holder, s.epoch, s.heartbeat_at, s.paused_at, s.paused_by, s.pause_reason, s.waits_for, s.reconciled, s.reconciled_at,
       coalesce(s.pause_now, false) AS pause_now, s.waits_since,
       q.running, coalesce(q.loads, 0) AS loads, coalesce(q.bytes, 0) AS bytes,
       ARRAY(SELECT substr(a.application_name, length('etl-loader lane ' || s.target || ' ') + 1)
               FROM pg_stat_activity AS a
              WHERE a.datname = current_database()
                AND starts_with(a.application_name, 'etl-loader lane ' || s.target || ' ')
                AND a.application_name <> left('etl-loader lane ' || s.target || ' ' || coalesce(s.holder, ''), 63)
              ORDER BY 1) AS standbys
  FROM etl_loader.lane_service AS s
  FULL JOIN (
       SELECT target,
              (array_agg(load_id) FILTER (WHERE status = 'loading'))[1] AS running,
              count(*) FILTER (WHERE status <> 'loading') AS loads,
              sum(bytes_total) FILTER (WHERE status <> 'loading')::bigint AS bytes
         FROM etl_loader.load
        WHERE finished_at IS NULL
        GROUP BY target
  ) AS q USING (target)
 ORDER BY 1

-- name: watchers
SELECT host, process_id, inbox, mode, state, last_event_at, last_scan_at, oldest_waiting_at, version, reported_at,
       reporting, extract(epoch FROM silent_for)::double precision AS silent_seconds
  FROM etl_loader.watcher_service
 ORDER BY inbox, host, process_id

-- name: count_by_status
SELECT status, count(*)
  FROM etl_loader.load
 GROUP BY status
