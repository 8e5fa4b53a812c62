-- What the ledger learns from the receipts in a target. They are the truth about what was published; the ledger may have been restored from an
-- older backup, or reported of a cancel after the publish.

-- name: unknown
SELECT r.load_id
  FROM unnest(@load_ids) AS r (load_id)
 WHERE NOT EXISTS (SELECT FROM etl_loader.load AS l WHERE l.load_id = r.load_id)

-- name: raise_sequence
-- Otherwise deliveries after a restore would count as older than what the ledger forgot.
SELECT setval(s.name, @sequence)
  FROM (SELECT pg_get_serial_sequence('etl_loader.load', 'sequence')::regclass AS name) AS s
 WHERE @sequence > coalesce(pg_sequence_last_value(s.name), 0)

-- name: accepted_too_low
-- Accepted after a forgotten load, between the restore and now, with a number that is not higher than its.
SELECT l.load_id
  FROM etl_loader.load AS l
 WHERE l.target = @target
   AND l.finished_at IS NULL
   AND EXISTS (SELECT
                 FROM unnest(@sequences, @accepted) AS r (sequence, accepted_at)
                WHERE r.sequence >= l.sequence AND r.accepted_at < l.accepted_at)
 ORDER BY l.sequence
   FOR UPDATE

-- name: number_again
UPDATE etl_loader.load
   SET sequence = DEFAULT
 WHERE load_id = @load_id

-- name: restore
WITH restored AS (
    INSERT INTO etl_loader.load (load_id, sequence, inbox, dataset, target, table_schema, table_name, mode, priority, status, stage, spec,
                                 accepted_at, started_at, finished_at, bytes_done, bytes_total, rows_loaded, rows_rejected, receipt)
    OVERRIDING SYSTEM VALUE
    SELECT @load_id,
           CASE WHEN EXISTS (SELECT FROM etl_loader.load WHERE sequence = @sequence)
                THEN nextval(pg_get_serial_sequence('etl_loader.load', 'sequence'))
                ELSE @sequence
           END,
           @inbox, @dataset, @target, @table_schema, @table_name, @mode, 'normal', 'loaded', 'published', @spec::json,
           @accepted_at, @started_at, @published_at, @bytes, @bytes, @rows_loaded, @rows_rejected, @receipt::json
        ON CONFLICT (load_id) DO NOTHING
 RETURNING load_id
)
INSERT INTO etl_loader.audit (actor, action, load_id, target, details)
SELECT 'reconciler', 'restore', load_id, @target, 'the target has a receipt, the ledger had no row'
  FROM restored

-- name: believe
WITH changed AS (
    UPDATE etl_loader.load AS l
       SET status = 'loaded',
           stage = 'published',
           finished_at = now(),
           rows_loaded = @rows_loaded,
           rows_rejected = @rows_rejected,
           bytes_done = coalesce(l.bytes_total, l.bytes_done),
           error = NULL,
           error_line = NULL,
           hint = NULL,
           receipt = @receipt::json
     WHERE l.load_id = @load_id
       AND l.dataset = @dataset
       AND l.status IN ('cancelled', 'failed')
 RETURNING l.load_id, l.target
), told AS (
    INSERT INTO etl_loader.outbox (load_id, event)
    SELECT load_id, 'loaded'
      FROM changed
)
INSERT INTO etl_loader.audit (actor, action, load_id, target, details)
SELECT 'reconciler', 'believe', load_id, target, 'the target has a receipt: it was published before it was cancelled or given up'
  FROM changed

-- name: doubtful
-- Ended without a look at the target, and an attempt may have published without telling.
SELECT l.load_id
  FROM etl_loader.load AS l
 WHERE l.target = @target
   AND l.status IN ('cancelled', 'failed')
   AND l.finished_at > now() - @since
   AND EXISTS (SELECT FROM etl_loader.attempts AS a WHERE a.load_id = l.load_id AND a.outcome IN ('crashed', 'fenced', 'interrupted'))

-- name: newest_loaded
SELECT load_id, sequence
  FROM etl_loader.load
 WHERE target = @target
   AND status = 'loaded'
   AND sequence < @below
 ORDER BY sequence DESC
 LIMIT @limit

-- name: standings
-- Of loads that have something in staging.
SELECT load_id, status, finished_at
  FROM etl_loader.load
 WHERE load_id = ANY (@load_ids)
