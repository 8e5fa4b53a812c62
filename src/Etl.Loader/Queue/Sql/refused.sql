-- name: set_aside
-- What is left of a job that is not a load's: its row and its places in queues go, what was written is in the ledger. Once: of several lanes that
-- find it at the same time, the first does it.
WITH gone AS (
    DELETE FROM hangfire.job AS j
     WHERE j.id = @job
       AND (j.statename IS NULL OR etl_loader.job_refusal(j.invocationdata, j.arguments) IS NOT NULL)
    RETURNING j.invocationdata, j.arguments, j.statename
), unqueued AS (
    DELETE FROM hangfire.jobqueue AS q
     WHERE q.jobid = @job
       AND (EXISTS (SELECT FROM gone) OR NOT EXISTS (SELECT FROM hangfire.job AS j WHERE j.id = @job))
    RETURNING q.queue
), unscheduled AS (
    DELETE FROM hangfire.set AS s
     WHERE s.value = @job::text
       AND EXISTS (SELECT FROM gone)
), known AS (
    UPDATE etl_loader.refused_jobs AS r
       SET settled_at = now(),
           queue = coalesce(r.queue, (SELECT min(u.queue) FROM unqueued AS u))
     WHERE r.job_id = @job
       AND r.settled_at IS NULL
    RETURNING r.reason, r.queue, r.database_role
), added AS (
    INSERT INTO etl_loader.refused_jobs (job_id, queue, state, reason, invocation, arguments, settled_at)
    SELECT @job, (SELECT min(u.queue) FROM unqueued AS u), g.statename, coalesce(etl_loader.job_refusal(g.invocationdata, g.arguments), @reason),
           g.invocationdata, g.arguments, now()
      FROM (SELECT) AS one
      LEFT JOIN gone AS g ON true
     WHERE NOT EXISTS (SELECT FROM known)
       AND (EXISTS (SELECT FROM gone) OR EXISTS (SELECT FROM unqueued))
    RETURNING reason, queue, database_role
)
SELECT left(reason, 200) AS reason, left(queue, 200) AS queue, database_role FROM known
UNION ALL
SELECT left(reason, 200), left(queue, 200), database_role FROM added

-- name: to_settle
SELECT DISTINCT job_id
  FROM etl_loader.refused_jobs
 WHERE settled_at IS NULL
 LIMIT 1000

-- name: foreign
-- From before the guard stood, or written past it: it reads every job, hence once for each time that a process takes a lane.
SELECT id
  FROM hangfire.job
 WHERE etl_loader.job_refusal(invocationdata, arguments) IS NOT NULL
 LIMIT 1000
