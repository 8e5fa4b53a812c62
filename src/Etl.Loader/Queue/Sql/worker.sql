-- name: relax
-- Before each transaction of a lane's worker on Hangfire's tables. A crash of the server may take back the last of them (a fetch, a state of a
-- job, its removal from the queue), never one without those after it: as if the worker had died a moment earlier. The ledger waits for the disk; a
-- job that is in the queue again is run again and finds the outcome.
SELECT set_config('synchronous_commit', 'off', true)

-- name: fetch_next
-- Hangfire's own order, of those never fetched; and with it what the change of its state begins with, the lock.
WITH next AS (
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
), locked AS (
    INSERT INTO hangfire.lock AS k (resource, acquired)
    SELECT @lock_prefix || next.jobid || @lock_suffix, @now
      FROM next
        ON CONFLICT (resource) DO UPDATE
       SET acquired = excluded.acquired
     WHERE k.acquired < @dead_before
    RETURNING k.resource
)
SELECT next.id, next.jobid, next.queue, next.fetchedat, (SELECT resource FROM locked) AS locked
  FROM next

-- name: give_back_expired
-- As Hangfire does while it fetches: a job that its worker has not renewed for so long has no worker.
UPDATE hangfire.jobqueue
   SET fetchedat = NULL
 WHERE queue = ANY (@queues)
   AND fetchedat < now() - @invisibility

-- name: listen
LISTEN new_job

-- name: fetched_job
-- In the same transaction, after the lock is taken: what it guards. A moment tells which was fetched, the reader compares the id. Of the row nothing is
-- handed on but whether it is the job of a load, and of which; a place in a queue whose job is not there is handed on too.
SELECT q.jobid,
       j.id IS NOT NULL AS found,
       etl_loader.job_refusal(j.invocationdata, j.arguments) AS refusal,
       CASE WHEN etl_loader.job_refusal(j.invocationdata, j.arguments) IS NULL THEN trim('"' FROM j.arguments ->> 0)::uuid END AS load_id,
       CASE WHEN etl_loader.job_refusal(j.invocationdata, j.arguments) IS NULL THEN j.invocationdata ->> 'Queue' END AS queue,
       left(j.statename, 100) AS state,
       j.createdat
  FROM hangfire.jobqueue AS q
  LEFT JOIN hangfire.job AS j ON j.id = q.jobid
 WHERE q.queue = ANY (@queues)
   AND q.fetchedat = now()

-- name: take_lock
-- The very row that other processes' Hangfire takes; one that is too old was left by a dead process.
INSERT INTO hangfire.lock AS k (resource, acquired)
VALUES (@resource, @now)
    ON CONFLICT (resource) DO UPDATE
   SET acquired = excluded.acquired
 WHERE k.acquired < @dead_before

-- name: find_job
SELECT j.id,
       true AS found,
       etl_loader.job_refusal(j.invocationdata, j.arguments) AS refusal,
       CASE WHEN etl_loader.job_refusal(j.invocationdata, j.arguments) IS NULL THEN trim('"' FROM j.arguments ->> 0)::uuid END AS load_id,
       CASE WHEN etl_loader.job_refusal(j.invocationdata, j.arguments) IS NULL THEN j.invocationdata ->> 'Queue' END AS queue,
       left(j.statename, 100) AS state,
       j.createdat
  FROM hangfire.job AS j
 WHERE j.id = @id

-- name: remove_fetched
-- As Hangfire does: not where the row was fetched by another meanwhile.
DELETE FROM hangfire.jobqueue
 WHERE id = @id
   AND fetchedat = @fetched_at

-- name: release_lock
DELETE FROM hangfire.lock
 WHERE resource = @resource
