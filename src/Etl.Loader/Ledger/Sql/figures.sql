-- name: lane_figures
-- Served by the index of loads without outcome, however long the history is.
-- Due is not what waits for the time of its next attempt or for an earlier load; the lane gets on where an attempt begins or ends, or its bytes grow.
SELECT coalesce(s.target, q.target) AS target,
       coalesce(s.served, false) AS held,
       coalesce(extract(epoch FROM s.silent_for), 0)::double precision AS silence,
       s.paused_at IS NOT NULL AS paused,
       s.waits_for IS NOT NULL AS waits,
       coalesce(q.loads, 0) AS loads,
       coalesce(q.bytes, 0) AS bytes,
       coalesce(extract(epoch FROM now() - q.oldest), 0)::double precision AS oldest_age,
       coalesce(q.due, 0) AS due,
       coalesce(q.progress, '') AS progress
  FROM etl_loader.lane_service AS s
  FULL JOIN (
       SELECT target,
              count(*) FILTER (WHERE status <> 'loading') AS loads,
              (sum(bytes_total) FILTER (WHERE status <> 'loading'))::bigint AS bytes,
              min(accepted_at) AS oldest,
              count(*) FILTER (WHERE status = 'loading' OR (status = 'queued' AND waits_for IS NULL) OR (status = 'retrying' AND next_attempt_at <= now())) AS due,
              concat_ws(' ', min(sequence), sum(attempt), string_agg(concat_ws(' ', load_id, attempt, stage, bytes_done), ' ') FILTER (WHERE status = 'loading')) AS progress
         FROM etl_loader.load
        WHERE finished_at IS NULL
        GROUP BY target
  ) AS q USING (target)
 ORDER BY 1

-- name: inbox_figures
-- Rows of those that died stay for an hour at least.
SELECT inbox,
       count(*) FILTER (WHERE watching) AS watching,
       extract(epoch FROM now() - max(reported_at))::double precision AS silent,
       coalesce(extract(epoch FROM now() - min(oldest_waiting_at) FILTER (WHERE reporting)), 0)::double precision AS lag
  FROM etl_loader.watcher_service
 GROUP BY inbox
 ORDER BY inbox

-- name: webhook_figures
SELECT webhook,
       count(*) AS waiting
  FROM etl_loader.deliveries
 WHERE next_try_at IS NOT NULL
 GROUP BY webhook
 ORDER BY webhook
