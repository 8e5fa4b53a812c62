-- What the pages show: what an attempt did and when, how fast a running load is, and which failed loads have one cause.

ALTER TABLE etl_loader.attempts ADD COLUMN log json;
COMMENT ON COLUMN etl_loader.attempts.log IS 'At most 200 lines {at, level, stage, text}: the stages it entered and what it told on its way. Written with its reports.';

ALTER TABLE etl_loader.load
    ADD COLUMN progress_at      timestamptz,
    ADD COLUMN moved_at         timestamptz,
    ADD COLUMN bytes_per_second double precision,
    ADD COLUMN rows_per_second  double precision,
    ADD COLUMN fault            text CHECK (length(fault) <= 40),
    ADD COLUMN cause            text CHECK (length(cause) <= 40);
COMMENT ON COLUMN etl_loader.load.progress_at IS 'The running attempt''s last report.';
COMMENT ON COLUMN etl_loader.load.moved_at IS 'The last report that had more rows or bytes than the one before.';
COMMENT ON COLUMN etl_loader.load.bytes_per_second IS 'Of the present stage, smoothed over some ten reports.';
COMMENT ON COLUMN etl_loader.load.fault IS 'Of a failed load: whose fault it is, as the target or the loader classed it.';
COMMENT ON COLUMN etl_loader.load.cause IS 'Of a failed load: what it shares with others that failed for the same reason; see etl_loader.cause_of.';

-- Names, quoted values, ids and numbers differ from load to load; what is left of the text is the cause.
CREATE FUNCTION etl_loader.fold_error(error text, dataset text, table_name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
             regexp_replace(
               regexp_replace(
                 replace(replace(replace(left(error, 1000), dataset, '…'), regexp_replace(dataset, '^.*/', ''), '…'), table_name, '…'),
                 '''[^'']*''|"[^"]*"|“[^”]*”', '…', 'g'),
               '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|\S+\.(csv|tsv|txt|jsonl?|ndjson|parquet|gz|zst)\y', '…', 'g'),
             '[0-9]+([.,:][0-9]+)*', '#', 'g')
$$;

CREATE FUNCTION etl_loader.cause_of(fault text, error text, dataset text, table_name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT left(md5(coalesce(fault, '') || ' ' || etl_loader.fold_error(error, dataset, table_name)), 12)
$$;

UPDATE etl_loader.load
   SET cause = etl_loader.cause_of(NULL, error, dataset, table_name)
 WHERE status = 'failed'
   AND error IS NOT NULL;

CREATE INDEX load_failed_by_cause ON etl_loader.load (cause, sequence) WHERE status = 'failed';
CREATE INDEX load_by_finish ON etl_loader.load (target, finished_at) WHERE finished_at IS NOT NULL;

-- Filters are answered from the index alone, newest first, also where nothing matches: reading the rows themselves takes ten times as long.
-- None of these columns changes while a load runs.
DROP INDEX etl_loader.load_list_newest_first;
CREATE UNIQUE INDEX load_list_newest_first ON etl_loader.load (sequence)
    INCLUDE (dataset, table_name, table_schema, target, inbox, accepted_at);
DROP INDEX etl_loader.load_list_by_status;
CREATE INDEX load_list_by_status ON etl_loader.load (status, sequence)
    INCLUDE (dataset, table_name, table_schema, target, inbox, accepted_at, cause);
