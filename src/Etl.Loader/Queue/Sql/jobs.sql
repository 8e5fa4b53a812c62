-- name: enqueue
-- What Hangfire's client writes for each of the jobs, in one statement for all of them; a test compares the rows. The ids are drawn in the order of
-- acceptance, by which Hangfire serves them.
WITH given AS MATERIALIZED (
    SELECT nextval('hangfire.job_id_seq') AS job_id, nextval('hangfire.state_id_seq') AS state_id, g.*
      FROM (SELECT *
              FROM unnest(@invocations, @arguments, @queues) WITH ORDINALITY AS u (invocation, arguments, queue, place)
             ORDER BY place) AS g
), jobs AS (
    INSERT INTO hangfire.job (id, stateid, statename, invocationdata, arguments, createdat)
    SELECT job_id, state_id, @state, invocation::jsonb, arguments::jsonb, @now
      FROM given
), states AS (
    INSERT INTO hangfire.state (id, jobid, name, createdat, data)
    SELECT state_id, job_id, @state, @now, @state_data::jsonb
      FROM given
), queued AS (
    INSERT INTO hangfire.jobqueue (jobid, queue)
    SELECT job_id, queue
      FROM given
     ORDER BY place
)
SELECT job_id
  FROM given
 ORDER BY place

-- name: notify
NOTIFY new_job
