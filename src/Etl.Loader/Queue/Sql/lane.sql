-- name: backend_pid
SELECT pg_backend_pid()

-- name: try_lock
-- Two keys: "etl" in hexadecimal, and the lane.
SELECT pg_try_advisory_lock(6648940, hashtext('lane ' || @target))

-- name: end_silent_holder
-- A frozen process keeps its session, and with it the lock, through every time-out. A heartbeat may start a takeover, never permit a
-- write: what the frozen one still means to do, the epoch in the target refuses. Who took the lock since, and has not said so in the ledger yet, asks
-- something on its session every second. Where this role may not see when, the ledger alone decides. How
-- long is too long the holder has said itself, since the settings of a standby may be others; a standby may be more patient.
SELECT count(*) FILTER (WHERE pg_terminate_backend(k.pid))
  FROM pg_locks AS k
  JOIN pg_stat_activity AS a USING (pid)
  JOIN etl_loader.lane_status AS s ON s.target = @target AND s.holder_id = @holder_id AND s.heartbeat_at < now() - greatest(s.silent_after, @silence)
 WHERE k.locktype = 'advisory'
   AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND k.classid = 6648940
   AND k.objid = (hashtext('lane ' || @target)::bigint & 4294967295)::oid
   AND k.objsubid = 2
   AND k.granted
   AND k.pid <> pg_backend_pid()
   AND coalesce(a.state_change < now() - greatest(s.silent_after, @silence), true)

-- name: lock_holder
-- Where this role may not see a session of another role, its host and its start stay unknown.
SELECT k.pid,
       coalesce(a.usename, 'unknown') AS role,
       coalesce(nullif(a.application_name, ''), 'without a name') AS application,
       host(a.client_addr) AS host,
       a.backend_start
  FROM pg_locks AS k
  LEFT JOIN pg_stat_activity AS a USING (pid)
 WHERE k.locktype = 'advisory'
   AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND k.classid = 6648940
   AND k.objid = (hashtext('lane ' || @target)::bigint & 4294967295)::oid
   AND k.objsubid = 2
   AND k.granted
   AND k.pid <> pg_backend_pid()
 LIMIT 1

-- name: release_locks
-- Hangfire's lock of a job's state is a row without owner: one that a dead worker left would stop the lane's only worker until it expires.
-- No one else has a reason to lock a job that waits in this lane for longer than a moment.
DELETE FROM hangfire.lock AS k
 USING hangfire.jobqueue AS q
 WHERE q.queue = ANY (@queues)
   AND starts_with(reverse(k.resource), reverse('job:' || q.jobid || ':state-lock'))

-- name: release_orphans
-- Fetched and not finished by the former holder. Hangfire would give them out only after its time-out and after every job that was never
-- fetched; in the lane's first queue they are next.
UPDATE hangfire.jobqueue
   SET queue = @interrupted,
       fetchedat = NULL
 WHERE queue = ANY (@queues)
   AND fetchedat IS NOT NULL

-- name: remove_servers
-- Only this lane's: the lane is held, so they are the former holder's.
DELETE FROM hangfire.server
 WHERE starts_with(id, @prefix)

-- name: lost_jobs
-- Loads without outcome whose job is not going to run them: gone, ended, or without its row in a queue. Loads under way are looked at
-- only while the lane is known to run none.
SELECT l.load_id,
       l.priority,
       l.attempt > 0 AS begun,
       l.status = 'loading' AS stale,
       coalesce(j.statename = 'Deleted', false) AS deleted
  FROM etl_loader.load AS l
  -- Text that another role wrote: what is not a number is not a job.
  LEFT JOIN hangfire.job AS j ON j.id = CASE WHEN length(l.job_id) <= 18 AND translate(l.job_id, '0123456789', '') = '' AND l.job_id <> '' THEN l.job_id::bigint END
 WHERE l.target = @target
   AND l.finished_at IS NULL
   AND (@idle OR l.status <> 'loading')
   AND NOT coalesce(j.statename = 'Scheduled'
                    OR (j.statename IN ('Enqueued', 'Processing') AND EXISTS (SELECT FROM hangfire.jobqueue AS q WHERE q.jobid = j.id)), false)
 ORDER BY l.sequence
 LIMIT 200
   FOR UPDATE OF l SKIP LOCKED

-- name: unserved_queues
SELECT queue, count(*)
  FROM hangfire.jobqueue
 WHERE queue <> ALL (@served)
 GROUP BY queue
 ORDER BY queue
