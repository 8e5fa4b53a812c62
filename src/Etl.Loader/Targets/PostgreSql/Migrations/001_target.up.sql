CREATE SCHEMA IF NOT EXISTS etl_loader_staging;

COMMENT ON SCHEMA etl_loader_staging IS 'Rows of loads that are not yet published; one table a load, named by its id.';

-- One row: a target belongs to one lane of one installation.
CREATE TABLE etl_loader.lane (
    name         text PRIMARY KEY,
    installation uuid NOT NULL,
    epoch        bigint NOT NULL CHECK (epoch >= 0),
    holder       text,
    taken_at     timestamptz NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX lane_is_one ON etl_loader.lane ((true));

COMMENT ON TABLE etl_loader.lane IS 'Who may load into this database. The epoch rises each time the lane changes hands; writers of older epochs are refused.';

CREATE TABLE etl_loader.receipts (
    load_id       uuid PRIMARY KEY,
    inbox         text NOT NULL,
    dataset       text NOT NULL,
    table_name    text NOT NULL,
    mode          text NOT NULL CHECK (mode IN ('replace', 'append')),
    rows_loaded   bigint NOT NULL CHECK (rows_loaded >= 0),
    rows_rejected bigint NOT NULL CHECK (rows_rejected >= 0),
    bytes         bigint NOT NULL CHECK (bytes >= 0),
    sha256        text NOT NULL,
    accepted_at   timestamptz NOT NULL,
    started_at    timestamptz NOT NULL,
    published_at  timestamptz NOT NULL DEFAULT now(),
    sequence      bigint NOT NULL,
    details       jsonb NOT NULL
);

-- The newest delivery of a table, asked by every publish.
CREATE INDEX receipts_of_table ON etl_loader.receipts (table_name, sequence);

COMMENT ON TABLE etl_loader.receipts IS 'The proof of each load, committed together with its rows.';

CREATE TABLE etl_loader.rejects (
    load_id     uuid NOT NULL,
    file        text NOT NULL,
    line        bigint NOT NULL,
    byte_offset bigint NOT NULL,
    bytes       bigint NOT NULL,
    column_name text,
    reason      text NOT NULL,
    raw         text NOT NULL
);

CREATE INDEX rejects_of_load ON etl_loader.rejects (load_id, file, line);

COMMENT ON TABLE etl_loader.rejects IS 'Rows that were delivered and not loaded, as they stood in the file.';

-- Committed together with the rows of their chunk.
CREATE TABLE etl_loader.checkpoints (
    load_id       uuid NOT NULL,
    file          int NOT NULL,
    byte_offset   bigint NOT NULL,
    sha256        text NOT NULL,
    rows_loaded   bigint NOT NULL,
    rows_rejected bigint NOT NULL,
    PRIMARY KEY (load_id, file, byte_offset)
);

COMMENT ON TABLE etl_loader.checkpoints IS 'Chunks of unfinished loads that are already in the staging table.';
