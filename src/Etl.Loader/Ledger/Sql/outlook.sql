-- What people see at a glance. Each statement stays quick with a million loads, ten thousand of them waiting.

-- name: running
SELECT load_id, l.target, CASE WHEN table_schema IS NULL THEN table_name ELSE table_schema || '.' || table_name END AS table_name, dataset,
       coalesce(s.served, false) AS served, stage, started_at, bytes_done, bytes_total, rows_loaded, bytes_per_second, rows_per_second, progress_at, moved_at, l.waits_for, now() AS read_at
  FROM etl_loader.load AS l
  LEFT JOIN etl_loader.lane_service AS s ON s.target = l.target
 WHERE status = 'loading'
 ORDER BY sequence
 LIMIT 100

-- name: outlook
-- A lane's pace is the straight line through its last loads: seconds = fixed + bytes * slope. What arrived lately is held against it.
WITH waiting AS (
    SELECT target,
           count(*) AS loads,
           coalesce(sum(bytes_total), 0)::bigint AS bytes,
           count(*) FILTER (WHERE next_attempt_at IS NULL OR next_attempt_at <= now()) AS due,
           min(accepted_at) FILTER (WHERE next_attempt_at IS NULL OR next_attempt_at <= now()) AS oldest_due
      FROM etl_loader.load
     WHERE finished_at IS NULL
       AND status <> 'loading'
     GROUP BY target
), arrived AS (
    SELECT target,
           count(*) AS loads,
           coalesce(sum(bytes_total), 0)::bigint AS bytes,
           count(*) FILTER (WHERE accepted_at >= now() - interval '5 minutes') AS newest_loads,
           coalesce(sum(bytes_total) FILTER (WHERE accepted_at >= now() - interval '5 minutes'), 0)::bigint AS newest_bytes
      FROM etl_loader.load
     WHERE accepted_at >= now() - interval '15 minutes'
     GROUP BY target
)
SELECT s.target, s.holder, s.heartbeat_at, s.served, extract(epoch FROM s.silent_for)::double precision AS silent_seconds,
       s.paused_at, s.paused_by, s.pause_reason, s.waits_for, s.waits_since, now() AS read_at,
       coalesce(w.loads, 0) AS loads, coalesce(w.bytes, 0) AS bytes, coalesce(w.due, 0) AS due, w.oldest_due,
       coalesce(a.loads, 0) AS arrived_loads, coalesce(a.bytes, 0) AS arrived_bytes,
       coalesce(a.newest_loads, 0) AS newest_loads, coalesce(a.newest_bytes, 0) AS newest_bytes,
       coalesce(p.loads, 0) AS paced_loads, coalesce(p.bytes, 0) AS paced_bytes, coalesce(p.seconds, 0) AS paced_seconds, p.fixed, p.slope, p.last_finish
  FROM (
       SELECT s.target, s.holder, s.heartbeat_at, s.served, s.silent_for, s.paused_at, s.paused_by, s.pause_reason, s.waits_for, s.waits_since
         FROM etl_loader.lane_service AS s
        UNION ALL
       SELECT w.target, NULL, NULL, false, NULL, NULL, NULL, NULL, NULL, NULL
         FROM waiting AS w
        WHERE NOT EXISTS (SELECT FROM etl_loader.lane_status AS s WHERE s.target = w.target)
  ) AS s
  LEFT JOIN waiting AS w USING (target)
  LEFT JOIN arrived AS a USING (target)
  LEFT JOIN LATERAL (
       SELECT count(*) AS loads,
              sum(h.bytes)::bigint AS bytes,
              sum(h.seconds) AS seconds,
              regr_intercept(h.seconds, h.bytes) AS fixed,
              regr_slope(h.seconds, h.bytes) AS slope,
              max(h.finished_at) AS last_finish
         FROM (
              SELECT coalesce(l.bytes_total, 0) AS bytes,
                     extract(epoch FROM l.finished_at - l.started_at)::double precision AS seconds,
                     l.finished_at
                FROM etl_loader.load AS l
               WHERE l.target = s.target
                 AND l.finished_at IS NOT NULL
                 AND l.status = 'loaded'
                 AND l.started_at IS NOT NULL
               ORDER BY l.finished_at DESC
               LIMIT 50
         ) AS h
  ) AS p ON true
 ORDER BY s.target

-- name: recent
WITH RECURSIVE targets AS (
    SELECT min(target) AS target
      FROM etl_loader.load
     WHERE finished_at IS NOT NULL
     UNION ALL
    SELECT (SELECT min(l.target) FROM etl_loader.load AS l WHERE l.finished_at IS NOT NULL AND l.target > t.target)
      FROM targets AS t
     WHERE t.target IS NOT NULL
)
SELECT s.*
  FROM targets AS t
 CROSS JOIN LATERAL (
       SELECT l.load_id
         FROM etl_loader.load AS l
        WHERE l.target = t.target
          AND l.finished_at IS NOT NULL
        ORDER BY l.finished_at DESC
        LIMIT @limit
  ) AS l
  JOIN etl_loader.load_status AS s USING (load_id)
 WHERE t.target IS NOT NULL
 ORDER BY s.finished_at DESC
 LIMIT @limit

-- name: causes
SELECT c.cause, c.loads, l.load_id, l.target, l.dataset, l.fault, l.error, l.hint, l.finished_at,
       etl_loader.fold_error(l.error, l.dataset, l.table_name) AS folded
  FROM (
       SELECT cause, count(*) AS loads, max(sequence) AS newest
         FROM etl_loader.load
        WHERE status = 'failed'
        GROUP BY cause
        ORDER BY loads DESC, newest DESC
        LIMIT @limit
  ) AS c
  JOIN etl_loader.load AS l ON l.sequence = c.newest
 ORDER BY c.loads DESC, c.newest DESC

-- name: count_up_to
-- To count nine hundred thousand loaded loads for the sake of a number on a tab would take longer than the rest of the page.
SELECT w.status, (SELECT count(*) FROM (SELECT FROM etl_loader.load AS l WHERE l.status = w.status LIMIT @most) AS counted) AS loads
  FROM unnest(@statuses) AS w (status)

-- name: place_in_line
-- Interrupted ones go first, then by priority, then by acceptance.
SELECT count(*) AS loads, coalesce(sum(e.bytes_total), 0)::bigint AS bytes
  FROM etl_loader.load AS l
  JOIN etl_loader.load AS e
    ON e.target = l.target
   AND e.load_id <> l.load_id
   AND e.finished_at IS NULL
   AND (e.status = 'loading'
        OR (e.status = 'queued' AND (e.priority = 'high' AND l.priority <> 'high' OR e.priority = l.priority AND e.sequence < l.sequence)))
 WHERE l.load_id = @load_id
