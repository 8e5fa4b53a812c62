-- name: owned
SELECT mark, rows_since
FROM etl_loader.owned_tables
WHERE table_name = $1;

-- name: disown
DELETE FROM etl_loader.owned_tables
WHERE table_name = $1;

-- name: own
INSERT INTO etl_loader.owned_tables (table_name, mark, rows_since)
VALUES ($1, $2, $3);
