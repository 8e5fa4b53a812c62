-- What the loader keeps in a DuckDB file. Every statement can run again; the version rows say what has run.
CREATE SCHEMA IF NOT EXISTS etl_loader;

CREATE TABLE IF NOT EXISTS etl_loader.migrations (
    component VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (component, version)
);

-- One row: the lane that may write here. No index, because DuckDB refuses to update an indexed row twice in one transaction.
CREATE TABLE IF NOT EXISTS etl_loader.lane (
    name VARCHAR NOT NULL,
    installation UUID NOT NULL,
    epoch BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS etl_loader.receipts (
    load_id UUID PRIMARY KEY,
    inbox VARCHAR NOT NULL,
    dataset VARCHAR NOT NULL,
    table_name VARCHAR NOT NULL,
    mode VARCHAR NOT NULL CHECK (mode IN ('replace', 'append')),
    rows_loaded BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,
    accepted_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    published_at TIMESTAMPTZ NOT NULL,
    sequence BIGINT NOT NULL,
    details JSON NOT NULL
);

CREATE TABLE IF NOT EXISTS etl_loader.rejects (
    load_id UUID NOT NULL,
    file VARCHAR NOT NULL,
    line BIGINT NOT NULL,
    byte_offset BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    column_name VARCHAR,
    reason VARCHAR NOT NULL,
    raw VARCHAR NOT NULL
);

-- The tables that loads made or adopted. A table of such a name that is another one is not touched: each that a load makes carries its mark,
-- a constraint that holds of every row. Where the mark is null (tables of older programs, and adopted ones that keep their own form) the name has to do.
CREATE TABLE IF NOT EXISTS etl_loader.owned_tables (
    table_name VARCHAR NOT NULL,
    mark VARCHAR,
    -- Rows of receipts before this are not in the table.
    rows_since TIMESTAMPTZ NOT NULL
);

INSERT INTO etl_loader.owned_tables (table_name, mark, rows_since)
SELECT table_name, NULL, coalesce(max(published_at) FILTER (mode = 'replace'), TIMESTAMPTZ '0001-01-01 00:00:00+00')
FROM etl_loader.receipts
WHERE table_name IN (SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = current_database())
  AND table_name NOT IN (SELECT table_name FROM etl_loader.owned_tables)
GROUP BY table_name;

-- Chunks whose rows are in a staging table. No index: they come by the thousand and go all at once, and only the lane's holder writes.
CREATE TABLE IF NOT EXISTS etl_loader.checkpoints (
    load_id UUID NOT NULL,
    file INTEGER NOT NULL,
    byte_offset BIGINT NOT NULL,
    hash VARCHAR NOT NULL,
    rows_loaded BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL
);
