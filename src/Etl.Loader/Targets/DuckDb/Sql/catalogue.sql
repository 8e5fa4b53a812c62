-- name: own_tables_exist
SELECT count(*)
FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name = 'etl_loader' AND table_name = 'receipts';

-- name: relation_kind
SELECT 'table'
FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name = $1 AND table_name = $2
UNION ALL
SELECT 'view'
FROM duckdb_views()
WHERE database_name = current_database() AND schema_name = $1 AND view_name = $2;

-- name: columns
SELECT column_name, data_type, is_nullable, column_default, comment
FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = $1 AND table_name = $2
ORDER BY column_index;

-- name: table_comment_and_ddl
SELECT comment, sql
FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name = $1 AND table_name = $2;

-- name: constraints
SELECT constraint_type, constraint_text, array_to_string(constraint_column_names, chr(0)) AS column_names
FROM duckdb_constraints()
WHERE database_name = current_database() AND schema_name = $1 AND table_name = $2 AND constraint_type <> 'NOT NULL'
ORDER BY constraint_index;

-- Foreign keys of other tables that point at this one.
-- name: incoming_foreign_keys
SELECT schema_name || '.' || table_name || ': ' || constraint_text
FROM duckdb_constraints()
WHERE database_name = current_database() AND constraint_type = 'FOREIGN KEY' AND schema_name = $1 AND referenced_table = $2;

-- name: indexes
SELECT index_name, sql, comment
FROM duckdb_indexes()
WHERE database_name = current_database() AND schema_name = $1 AND table_name = $2 AND sql IS NOT NULL
ORDER BY index_name;

-- name: views
SELECT schema_name, view_name
FROM duckdb_views()
WHERE database_name = current_database() AND NOT internal
ORDER BY schema_name, view_name;

-- name: staging_tables
SELECT schema_name, table_name
FROM duckdb_tables()
WHERE database_name = current_database() AND table_name = $1;
