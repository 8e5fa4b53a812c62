-- Loads that an action is meant for, by the filter of the lists; {filter} is in queries.sql.

-- name: matching_by_status
-- In the order of acceptance, in which they are to run again: the newest delivery of a table is the last.
SELECT l.load_id, l.sequence
  FROM etl_loader.load AS l
 WHERE l.sequence IN (
       SELECT m.sequence
         FROM unnest(@statuses) AS w (status)
        CROSS JOIN LATERAL (
              SELECT l.sequence
                FROM etl_loader.load AS l
               WHERE l.status = w.status
                 AND l.sequence > @after
                 AND l.sequence <= @up_to
                 AND {filter}
               ORDER BY l.sequence
               LIMIT @limit) AS m
        ORDER BY m.sequence
        LIMIT @limit)
 ORDER BY l.sequence

-- name: summary_by_status
SELECT CASE WHEN grouping(l.cause) = 0 THEN 'cause' WHEN grouping(l.table_name) = 0 THEN 'table' ELSE 'all' END AS kind,
       l.cause,
       l.target,
       CASE WHEN l.table_schema IS NULL THEN l.table_name ELSE l.table_schema || '.' || l.table_name END AS table_name,
       count(*) AS loads,
       coalesce(max(l.sequence), 0) AS newest
  FROM etl_loader.load AS l
 WHERE l.status = ANY (@statuses)
   AND {filter}
 GROUP BY GROUPING SETS ((), (l.cause), (l.target, l.table_schema, l.table_name))
 ORDER BY grouping(l.cause) + grouping(l.table_name) DESC, loads DESC, newest DESC
 LIMIT 101

-- name: cause_texts
SELECT DISTINCT ON (l.cause) l.cause, etl_loader.fold_error(l.error, l.dataset, l.table_name) AS folded
  FROM unnest(@causes) AS w (cause)
 CROSS JOIN LATERAL (
       SELECT l.cause, l.error, l.dataset, l.table_name
         FROM etl_loader.load AS l
        WHERE l.status = 'failed' AND l.cause = w.cause
        ORDER BY l.sequence DESC
        LIMIT 1) AS l
