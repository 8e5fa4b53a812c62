-- name: relax
-- Before each transaction of a lane's worker on Hangfire's tables. A crash of the server may take back the last of them (a fetch, a state of a
-- job), never one without those after it: as if the worker had died a moment earlier. The ledger waits for the disk, and so does the removal of
-- the job from its queue; until then the job is run again and finds the outcome.
SELECT set_config('synchronous_commit', 'off', true)

-- name: fetch_next
-- Hangfire's own order, of those never fetched.
UPDATE hangfire.jobqueue
   SET fetchedat = now()
 WHERE id = (SELECT id
               FROM hangfire.jobqueue
              WHERE queue = ANY (@queues)
                AND fetchedat IS NULL
              ORDER BY fetchedat NULLS FIRST, queue, jobid
                FOR UPDATE SKIP LOCKED
              LIMIT 1)
RETURNING id, jobid, queue, fetchedat

-- name: take_lock
-- The very row that other processes' Hangfire takes; one that is too old was left by a dead process.
INSERT INTO hangfire.lock AS k (resource, acquired)
VALUES (@resource, @now)
    ON CONFLICT (resource) DO UPDATE
   SET acquired = excluded.acquired
 WHERE k.acquired < @dead_before

-- name: release_lock
DELETE FROM hangfire.lock
 WHERE resource = @resource
