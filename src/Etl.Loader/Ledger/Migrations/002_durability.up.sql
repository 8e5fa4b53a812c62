ALTER TABLE etl_loader.load
    ADD COLUMN kills             integer NOT NULL DEFAULT 0 CHECK (kills >= 0),
    ADD COLUMN kills_checkpoints bigint  NOT NULL DEFAULT 0 CHECK (kills_checkpoints >= 0);
COMMENT ON COLUMN etl_loader.load.kills IS 'Attempts since its last checkpoint, or since a person queued it, whose process died; shutdowns, takeovers and restarts of a database do not count.';
COMMENT ON COLUMN etl_loader.load.kills_checkpoints IS 'Checkpoints that the load had when its kills were last looked at.';

-- The holder of a lane asks twice a minute which loads ended lately without a look at the target.
CREATE INDEX load_ended_badly ON etl_loader.load (target, finished_at) WHERE status IN ('cancelled', 'failed');

ALTER TABLE etl_loader.lane_status
    ADD COLUMN session_name   text,
    ADD COLUMN reconciled     text CHECK (length(reconciled) <= 4000),
    ADD COLUMN reconciled_at  timestamptz,
    ADD CONSTRAINT lane_status_reconciled_whole CHECK ((reconciled IS NULL) = (reconciled_at IS NULL));
COMMENT ON COLUMN etl_loader.lane_status.session_name IS 'The application_name of the holder''s sessions in this database: while one is there, its process lives.';
COMMENT ON COLUMN etl_loader.lane_status.reconciled IS 'What the reconciler last did or found, for people; what it did to single loads stands in etl_loader.audit.';
