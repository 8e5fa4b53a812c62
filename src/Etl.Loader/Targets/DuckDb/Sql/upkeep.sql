-- name: newest_receipts
SELECT load_id, sequence
FROM etl_loader.receipts
WHERE sequence < $1
ORDER BY sequence DESC
LIMIT $2;

-- name: receipts_of
SELECT load_id
FROM etl_loader.receipts
WHERE load_id IN (SELECT CAST(unnest(string_split($1, ',')) AS UUID));

-- name: missing_tables
-- The receipt has the names as they are, joined by a point: they are not parsed but joined again.
SELECT r.table_name, arg_max(r.load_id, r.sequence)
FROM etl_loader.receipts AS r
WHERE r.table_name NOT IN (SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = current_database())
  AND r.table_name NOT IN (SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE database_name = current_database())
GROUP BY r.table_name
ORDER BY r.table_name;

-- name: staged_tables
SELECT DISTINCT table_name
FROM duckdb_tables()
WHERE database_name = current_database() AND starts_with(table_name, $1);

-- name: forget_old_rejects
DELETE FROM etl_loader.rejects
WHERE load_id IN (SELECT load_id FROM etl_loader.receipts WHERE published_at < $1);
