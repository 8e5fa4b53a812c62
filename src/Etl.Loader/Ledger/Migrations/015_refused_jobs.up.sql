-- Jobs that are not a load's, as somebody wrote them. No process ever reads one as a job: the row stands here instead.
CREATE TABLE etl_loader.refused_jobs (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    refused_at    timestamptz NOT NULL DEFAULT now(),
    job_id        bigint      NOT NULL,
    queue         text,
    state         text,
    reason        text        NOT NULL,
    invocation    jsonb,
    arguments     jsonb,
    database_role text        NOT NULL DEFAULT session_user,
    settled_at    timestamptz
);
COMMENT ON TABLE etl_loader.refused_jobs IS 'Rows of Hangfire''s tables that are not the job of a load, as they were written. Delete a row once it was looked into.';
COMMENT ON COLUMN etl_loader.refused_jobs.job_id IS 'The id that the job had in hangfire.job, or would have had.';
COMMENT ON COLUMN etl_loader.refused_jobs.database_role IS 'The role of the connection that wrote the job; where a loader found the job later, the loader''s.';
COMMENT ON COLUMN etl_loader.refused_jobs.settled_at IS 'When the holder of a lane logged and counted it and removed what was left of the job.';
CREATE INDEX refused_jobs_to_settle ON etl_loader.refused_jobs (id) WHERE settled_at IS NULL;
CREATE INDEX refused_jobs_of_job ON etl_loader.refused_jobs (job_id);
