-- name: newest_receipts
SELECT load_id, sequence
FROM etl_loader.receipts
WHERE sequence < $1
ORDER BY sequence DESC
LIMIT $2

-- name: without_receipt
SELECT l.load_id
FROM unnest($1::uuid[]) AS l (load_id)
WHERE NOT EXISTS (SELECT FROM etl_loader.receipts AS r WHERE r.load_id = l.load_id)

-- name: missing_tables
-- The receipt has the names as they are, joined by a point: they are not parsed but joined again.
SELECT DISTINCT ON (r.table_name) r.table_name, r.load_id
FROM etl_loader.receipts AS r
WHERE NOT EXISTS (
    SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname || '.' || c.relname = r.table_name)
ORDER BY r.table_name, r.sequence DESC

-- name: staged_loads
SELECT c.relname
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'etl_loader_staging' AND c.relkind IN ('r', 'p')
UNION
SELECT load_id::text
FROM etl_loader.checkpoints

-- name: creators
-- In our schemas, in public and in the target's own. Apart from owners, superusers and this role, who must.
SELECT DISTINCT coalesce(r.rolname, 'PUBLIC') || ' in ' || n.nspname
FROM pg_namespace AS n
CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS a
LEFT JOIN pg_roles AS r ON r.oid = a.grantee
WHERE n.nspname IN ('etl_loader', 'etl_loader_staging', 'public', $1)
  AND a.privilege_type = 'CREATE'
  AND a.grantee <> n.nspowner
  AND coalesce(r.rolname, '') NOT IN (current_user, 'etl_lanes')
  AND NOT coalesce(r.rolsuper, false)
ORDER BY 1

-- name: forget_old_rejects
DELETE FROM etl_loader.rejects AS j
USING etl_loader.receipts AS r
WHERE r.load_id = j.load_id AND r.published_at < $1

-- name: data_directory
-- Null where this role may not know it.
SELECT CASE WHEN pg_has_role('pg_read_all_settings', 'USAGE') THEN current_setting('data_directory') END, pg_backend_pid()
