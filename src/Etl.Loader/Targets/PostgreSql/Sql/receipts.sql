-- name: find
SELECT load_id, inbox, dataset, table_name, mode, rows_loaded, rows_rejected, bytes, sha256, sequence, accepted_at, started_at, published_at, details::text
FROM etl_loader.receipts
WHERE load_id = $1

-- name: newest
SELECT load_id, inbox, dataset, table_name, mode, rows_loaded, rows_rejected, bytes, sha256, sequence, accepted_at, started_at, published_at, details::text
FROM etl_loader.receipts
WHERE table_name = $1
ORDER BY sequence DESC
LIMIT 1

-- name: add
-- The time of the publish: that of the transaction is when the first row was copied.
INSERT INTO etl_loader.receipts
    (load_id, inbox, dataset, table_name, mode, rows_loaded, rows_rejected, bytes, sha256, sequence, accepted_at, started_at, published_at, details)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, clock_timestamp(), $13::jsonb)
RETURNING load_id, inbox, dataset, table_name, mode, rows_loaded, rows_rejected, bytes, sha256, sequence, accepted_at, started_at, published_at, details::text

-- name: first_dataset
-- The first dataset of the table, where none of its receipts is of the given one.
SELECT inbox || '/' || dataset
FROM etl_loader.receipts
WHERE table_name = $1
  AND NOT EXISTS (SELECT FROM etl_loader.receipts WHERE table_name = $1 AND inbox = $2 AND dataset = $3)
ORDER BY sequence
LIMIT 1

-- name: same_content
-- Loads that brought the same bytes since the table was last replaced, or began without rows: none that brought no row.
SELECT r.load_id::text, r.rows_loaded
FROM etl_loader.receipts AS r
JOIN etl_loader.owned_tables AS o ON o.table_name = r.table_name
WHERE r.table_name = $1
  AND r.sha256 = $2
  AND r.rows_loaded > 0
  AND r.published_at >= o.rows_since
ORDER BY r.rows_loaded
LIMIT 1

-- name: add_rejects
INSERT INTO etl_loader.rejects (load_id, file, line, byte_offset, bytes, column_name, reason, raw)
SELECT $1, r.file, r.line, r.byte_offset, r.bytes, r.column_name, r.reason, r.raw
FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[])
    AS r (file, line, byte_offset, bytes, column_name, reason, raw)

-- name: rejects
SELECT file, line, byte_offset, bytes, column_name, reason, raw
FROM etl_loader.rejects
WHERE load_id = $1
ORDER BY file, line, byte_offset

-- name: forget_rejects
DELETE FROM etl_loader.rejects
WHERE load_id = $1

-- name: forget_checkpoints
DELETE FROM etl_loader.checkpoints
WHERE load_id = $1

-- name: add_checkpoints
INSERT INTO etl_loader.checkpoints (load_id, file, byte_offset, hash, rows_loaded, rows_rejected)
SELECT $1, part.file, part.byte_offset, part.hash, part.rows_loaded, part.rows_rejected
FROM unnest($2::int[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[]) AS part (file, byte_offset, hash, rows_loaded, rows_rejected)

-- name: checkpoints
SELECT file, byte_offset, hash, rows_loaded, rows_rejected
FROM etl_loader.checkpoints
WHERE load_id = $1

-- name: count_checkpoints
SELECT count(*)
FROM etl_loader.checkpoints
WHERE load_id = $1
