-- name: find_receipt
SELECT load_id, inbox, dataset, table_name, mode, rows_loaded, rows_rejected, bytes, sha256, accepted_at, started_at, published_at, sequence,
    CAST(details AS VARCHAR) AS details
FROM etl_loader.receipts
WHERE load_id = $1;

-- name: newest_of_table
SELECT load_id, inbox, dataset, table_name, mode, rows_loaded, rows_rejected, bytes, sha256, accepted_at, started_at, published_at, sequence,
    CAST(details AS VARCHAR) AS details
FROM etl_loader.receipts
WHERE table_name = $1
ORDER BY sequence DESC
LIMIT 1;

-- name: all_of_table
SELECT load_id, inbox, dataset, table_name, mode, rows_loaded, rows_rejected, bytes, sha256, accepted_at, started_at, published_at, sequence,
    CAST(details AS VARCHAR) AS details
FROM etl_loader.receipts
WHERE table_name = $1
ORDER BY sequence;

-- name: write_receipt
INSERT INTO etl_loader.receipts (load_id, inbox, dataset, table_name, mode, rows_loaded, rows_rejected, bytes, sha256,
    accepted_at, started_at, published_at, sequence, details)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: rejects
SELECT file, line, byte_offset, bytes, column_name, reason, raw
FROM etl_loader.rejects
WHERE load_id = $1
ORDER BY file, line, byte_offset;

-- name: forget_rejects
DELETE FROM etl_loader.rejects
WHERE load_id = $1;

-- name: checkpoints
SELECT file, byte_offset, hash, rows_loaded, rows_rejected
FROM etl_loader.checkpoints
WHERE load_id = $1
ORDER BY file, byte_offset;

-- name: count_checkpoints
SELECT count(*)
FROM etl_loader.checkpoints
WHERE load_id = $1;

-- name: forget_checkpoints
DELETE FROM etl_loader.checkpoints
WHERE load_id = $1;
