-- name: has_tables
SELECT to_regclass('hangfire.schema') IS NOT NULL

-- name: version
SELECT max(version) FROM hangfire.schema

-- name: guard_version
-- 0 where one of its triggers is gone or switched off, as a restore of data alone leaves them.
SELECT CASE WHEN (SELECT count(*) FROM pg_trigger AS t
                   WHERE t.tgenabled <> 'D'
                     AND (t.tgrelid, t.tgname) IN ((to_regclass('hangfire.job'), 'refuse_foreign_job'), (to_regclass('hangfire.state'), 'refuse_foreign_state'))) = 2
            THEN substring(obj_description(to_regprocedure('etl_loader.set_job_aside()'), 'pg_proc') FROM '^guard ([0-9]+)$')::int
            ELSE 0
       END
