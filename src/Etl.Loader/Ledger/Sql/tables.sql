-- name: table_keys
-- Walks from key to key of the index load_of_table: a thousand tables cost a thousand looks, however many loads they had, and the limit ends the walk.
WITH RECURSIVE walk AS (
    (SELECT target, table_name, coalesce(table_schema, '') AS table_schema
       FROM etl_loader.load
      WHERE (target, table_name, coalesce(table_schema, '')) > (@after_target, @after_table, @after_schema)
      ORDER BY target, table_name, coalesce(table_schema, '')
      LIMIT 1)
     UNION ALL
    SELECT n.target, n.table_name, n.table_schema
      FROM walk AS w
     CROSS JOIN LATERAL (
           SELECT l.target, l.table_name, coalesce(l.table_schema, '') AS table_schema
             FROM etl_loader.load AS l
            WHERE (l.target, l.table_name, coalesce(l.table_schema, '')) > (w.target, w.table_name, w.table_schema)
            ORDER BY l.target, l.table_name, coalesce(l.table_schema, '')
            LIMIT 1
     ) AS n
)
SELECT target, nullif(table_schema, '') AS table_schema, table_name
  FROM walk
 WHERE @like IS NULL
    OR CASE WHEN table_schema = '' THEN target || '.' || table_name ELSE target || '.' || table_schema || '.' || table_name END LIKE @like
 LIMIT @limit

-- name: tables
-- The newest load of each table, and the two that were loaded last. The receipt's text is searched, not read as JSON: a producer's "\u0000" in it
-- would be an error.
SELECT k.target, nullif(k.table_schema, '') AS table_schema, k.table_name, r.*
  FROM unnest(@targets, @schemas, @names) AS k (target, table_schema, table_name)
 CROSS JOIN LATERAL (
       (SELECT false AS loaded, l.load_id, l.sequence, l.inbox, l.dataset, l.mode, l.status, l.accepted_at, l.finished_at, l.rows_loaded, l.rows_rejected,
               NULL::bigint AS table_rows, l.error
          FROM etl_loader.load AS l
         WHERE l.target = k.target
           AND l.table_name = k.table_name
           AND coalesce(l.table_schema, '') = k.table_schema
         ORDER BY l.sequence DESC
         LIMIT 1)
        UNION ALL
       (SELECT true, l.load_id, l.sequence, l.inbox, l.dataset, l.mode, l.status, l.accepted_at, l.finished_at, l.rows_loaded, l.rows_rejected,
               coalesce(substring(l.receipt::text FROM '"table_rows": ?([0-9]+)')::bigint, l.rows_loaded), l.error
          FROM etl_loader.load AS l
         WHERE l.target = k.target
           AND l.table_name = k.table_name
           AND coalesce(l.table_schema, '') = k.table_schema
           AND l.status = 'loaded'
         ORDER BY l.sequence DESC
         LIMIT 2)
 ) AS r
 ORDER BY k.target, k.table_name, k.table_schema, r.loaded, r.sequence DESC

-- name: table_loads
SELECT l.load_id, l.sequence, l.inbox, l.dataset, l.mode, l.status, l.accepted_at, l.finished_at, l.rows_loaded, l.rows_rejected,
       CASE WHEN l.status = 'loaded' THEN coalesce(substring(l.receipt::text FROM '"table_rows": ?([0-9]+)')::bigint, l.rows_loaded) END AS table_rows, l.error,
       CASE WHEN l.receipt::text LIKE '%"schema_changed": [%' THEN l.receipt::text END AS changing_receipt
  FROM etl_loader.load AS l
 WHERE l.target = @target
   AND l.table_name = @name
   AND coalesce(l.table_schema, '') = @schema
   AND (@below IS NULL OR l.sequence < @below)
 ORDER BY l.sequence DESC
 LIMIT @limit

-- name: recent_deliveries
-- A load that a person made of another one is not a delivery.
SELECT d.accepted_at, d.target, d.table_schema, d.table_name,
       EXISTS (SELECT
                 FROM etl_loader.load AS e
                WHERE e.inbox = w.inbox
                  AND e.accepted_at > w.since
                  AND e.accepted_at <= w.before
                  AND e.dataset ~ w.pattern
                  AND (w.except_pattern IS NULL OR e.dataset !~ w.except_pattern)
                  AND NOT EXISTS (SELECT FROM etl_loader.audit AS a WHERE a.action = 'reload' AND a.details = 'as ' || e.load_id)) AS earlier_came
  FROM unnest(@inboxes, @patterns, @except_patterns, @since, @before)
       WITH ORDINALITY AS w (inbox, pattern, except_pattern, since, before, place)
  LEFT JOIN LATERAL (
       SELECT l.accepted_at, l.target, l.table_schema, l.table_name
         FROM etl_loader.load AS l
        WHERE l.inbox = w.inbox
          AND l.accepted_at > w.since
          AND l.dataset ~ w.pattern
          AND (w.except_pattern IS NULL OR l.dataset !~ w.except_pattern)
          AND NOT EXISTS (SELECT FROM etl_loader.audit AS a WHERE a.action = 'reload' AND a.details = 'as ' || l.load_id)
        ORDER BY l.accepted_at DESC
        LIMIT 1
  ) AS d ON true
 ORDER BY w.place

-- name: last_delivery
SELECT l.accepted_at, l.target, l.table_schema, l.table_name
  FROM etl_loader.load AS l
 WHERE l.inbox = @inbox
   AND l.dataset ~ @pattern
   AND (@except_pattern IS NULL OR l.dataset !~ @except_pattern)
   AND NOT EXISTS (SELECT FROM etl_loader.audit AS a WHERE a.action = 'reload' AND a.details = 'as ' || l.load_id)
 ORDER BY l.sequence DESC
 LIMIT 1
