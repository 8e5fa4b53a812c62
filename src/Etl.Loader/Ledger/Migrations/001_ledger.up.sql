-- The ledger: what was accepted, what became of it, and who did what. Hangfire's tables only execute.
-- Text that people or producers wrote is bounded where it is shown; JSON columns are json, not jsonb, because a producer's
-- "\u0000" is legal JSON that jsonb refuses, and a receipt must never fail to be recorded.

CREATE TABLE etl_loader.installation (
    only_row   boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    id         uuid        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE etl_loader.installation IS 'One row: the identity that targets are bound to.';
INSERT INTO etl_loader.installation (id) VALUES (gen_random_uuid());

CREATE TABLE etl_loader.inboxes (
    name          text        PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
    id            uuid        NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE etl_loader.inboxes IS 'Identity of each inbox directory; a directory with another id is an unmounted share, not an empty inbox.';

CREATE TABLE etl_loader.load (
    load_id             uuid        PRIMARY KEY,
    sequence            bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    inbox               text        NOT NULL,
    dataset             text        NOT NULL,
    target              text        NOT NULL,
    table_schema        text,
    table_name          text        NOT NULL,
    mode                text        NOT NULL CHECK (mode IN ('replace', 'append')),
    priority            text        NOT NULL CHECK (priority IN ('normal', 'high')),
    status              text        NOT NULL CHECK (status IN ('queued', 'loading', 'retrying', 'loaded', 'failed', 'cancelled', 'superseded')),
    stage               text        NOT NULL CHECK (stage IN ('accepted', 'surveying', 'staging', 'staged', 'publishing', 'published')),
    spec                json        NOT NULL,
    survey              text,
    attempt             integer     NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    failures            integer     NOT NULL DEFAULT 0 CHECK (failures >= 0),
    accepted_at         timestamptz NOT NULL DEFAULT now(),
    started_at          timestamptz,
    finished_at         timestamptz,
    next_attempt_at     timestamptz,
    bytes_done          bigint      NOT NULL DEFAULT 0,
    bytes_total         bigint,
    rows_loaded         bigint,
    rows_rejected       bigint,
    waits_for           text        CHECK (length(waits_for) <= 4000),
    error               text        CHECK (length(error) <= 16000),
    error_line          bigint,
    hint                text        CHECK (length(hint) <= 4000),
    job_id              text,
    receipt             json,
    cancel_requested_at timestamptz,
    cancel_requested_by text,
    CONSTRAINT load_finished_has_time CHECK ((status IN ('loaded', 'failed', 'cancelled', 'superseded')) = (finished_at IS NOT NULL)),
    CONSTRAINT load_retrying_has_time CHECK (status <> 'retrying' OR next_attempt_at IS NOT NULL),
    CONSTRAINT load_loaded_has_receipt CHECK (status <> 'loaded' OR receipt IS NOT NULL)
)
-- Progress is written about once a second: room for it on the same page keeps the indexes untouched.
WITH (fillfactor = 70);
COMMENT ON COLUMN etl_loader.load.sequence IS 'Order of acceptance; decides which delivery of a table is newer.';
COMMENT ON COLUMN etl_loader.load.started_at IS 'Begin of the newest attempt.';
COMMENT ON COLUMN etl_loader.load.failures IS 'Failures that counted since the load was last queued by a person; shutdowns and takeovers do not.';
COMMENT ON COLUMN etl_loader.load.job_id IS 'The Hangfire job that runs the load; null for refused triggers.';

CREATE UNIQUE INDEX load_list_newest_first ON etl_loader.load (sequence);
CREATE INDEX load_list_by_status ON etl_loader.load (status, sequence);
CREATE INDEX load_list_by_target ON etl_loader.load (target, sequence);
CREATE INDEX load_list_by_inbox ON etl_loader.load (inbox, sequence);
CREATE INDEX load_list_by_table ON etl_loader.load (table_name, sequence);
CREATE INDEX load_list_by_dataset ON etl_loader.load (dataset, sequence);
CREATE INDEX load_list_by_acceptance ON etl_loader.load (accepted_at);
CREATE INDEX load_without_outcome ON etl_loader.load (target, sequence) WHERE finished_at IS NULL;
CREATE INDEX load_by_job ON etl_loader.load (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX load_by_id_prefix ON etl_loader.load ((load_id::text) text_pattern_ops);

CREATE TABLE etl_loader.attempts (
    load_id     uuid        NOT NULL REFERENCES etl_loader.load ON DELETE CASCADE,
    attempt     integer     NOT NULL CHECK (attempt > 0),
    started_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    outcome     text        CHECK (outcome IN ('loaded', 'superseded', 'failed', 'retry', 'cancelled', 'interrupted', 'fenced', 'crashed')),
    host        text        NOT NULL,
    process_id  integer     NOT NULL,
    epoch       bigint      NOT NULL,
    error       text        CHECK (length(error) <= 16000),
    PRIMARY KEY (load_id, attempt),
    CONSTRAINT attempts_finished_has_outcome CHECK ((finished_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX attempts_open ON etl_loader.attempts (load_id) WHERE finished_at IS NULL;

CREATE TABLE etl_loader.lane_status (
    target       text        PRIMARY KEY,
    holder       text,
    holder_id    uuid,
    epoch        bigint,
    heartbeat_at timestamptz,
    paused_at    timestamptz,
    paused_by    text,
    pause_reason text,
    pause_now    boolean     NOT NULL DEFAULT false,
    waits_for    text        CHECK (length(waits_for) <= 4000),
    waits_since  timestamptz,
    CONSTRAINT lane_status_holder_whole CHECK ((holder IS NULL) = (holder_id IS NULL)),
    CONSTRAINT lane_status_waits_whole CHECK ((waits_for IS NULL) = (waits_since IS NULL))
);
COMMENT ON TABLE etl_loader.lane_status IS 'How each lane stands, for people; the right to write is the epoch in the target, not this row.';

CREATE TABLE etl_loader.watchers (
    host              text        NOT NULL,
    process_id        integer     NOT NULL,
    inbox             text        NOT NULL,
    mode              text        NOT NULL CHECK (mode IN ('events', 'scanning')),
    state             text        NOT NULL,
    last_event_at     timestamptz,
    last_scan_at      timestamptz,
    oldest_waiting_at timestamptz,
    version           text        NOT NULL,
    reported_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (host, process_id, inbox)
);

CREATE TABLE etl_loader.outbox (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    load_id uuid        NOT NULL REFERENCES etl_loader.load ON DELETE CASCADE,
    event   text        NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz
);
COMMENT ON TABLE etl_loader.outbox IS 'Outcomes to tell, written in the transaction that made them.';
CREATE INDEX outbox_to_send ON etl_loader.outbox (id) WHERE sent_at IS NULL;

CREATE TABLE etl_loader.audit (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    actor   text        NOT NULL,
    action  text        NOT NULL,
    reason  text,
    load_id uuid,
    target  text,
    details text
);
COMMENT ON TABLE etl_loader.audit IS 'What people did to loads and lanes. No foreign key: it outlives what it tells of.';
CREATE INDEX audit_by_load ON etl_loader.audit (load_id, id) WHERE load_id IS NOT NULL;

-- The columns of this view are a contract with people's queries: names and order never change.
CREATE VIEW etl_loader.load_status AS
SELECT load_id,
       inbox,
       dataset,
       target,
       CASE WHEN table_schema IS NULL THEN table_name ELSE table_schema || '.' || table_name END AS table_name,
       status,
       stage,
       attempt,
       rows_loaded,
       rows_rejected,
       bytes_done,
       bytes_total,
       accepted_at,
       started_at,
       finished_at,
       next_attempt_at,
       waits_for,
       error,
       job_id
  FROM etl_loader.load;
