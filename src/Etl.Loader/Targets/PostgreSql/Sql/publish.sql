-- name: standing
-- Is the load published already, and what was delivered later. Rows that came before a replace are not in the table, in whatever order the two are
-- published.
SELECT
    EXISTS (SELECT FROM etl_loader.receipts WHERE load_id = $1),
    (SELECT r.load_id FROM etl_loader.receipts AS r WHERE r.table_name = $2 AND r.sequence > $3 AND 'replace' IN (r.mode, $4) ORDER BY r.sequence DESC LIMIT 1)

-- name: set_lock_timeout
SELECT set_config('lock_timeout', $1, true)

-- name: exact_text
-- How values become text where a text column takes them, whatever the database's settings.
SELECT set_config('datestyle', 'ISO', true), set_config('extra_float_digits', '1', true)

-- name: lock_holders
SELECT format('process %s (%s%s)', l.pid, coalesce(nullif(a.usename, ''), 'unknown user'), coalesce(', ' || nullif(a.application_name, ''), ''))
FROM pg_locks AS l
JOIN pg_class AS c ON c.oid = l.relation
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.granted
  AND l.pid <> pg_backend_pid()
  AND n.nspname = $1
  AND c.relname = $2
GROUP BY 1
ORDER BY 1

-- name: schema_grants
-- What ALTER DEFAULT PRIVILEGES IN SCHEMA gives to tables made there: a table that moves in from another schema would miss it.
SELECT
    CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END,
    acl.privilege_type,
    acl.is_grantable
FROM pg_default_acl AS d
JOIN pg_namespace AS n ON n.oid = d.defaclnamespace
CROSS JOIN LATERAL aclexplode(d.defaclacl) AS acl
LEFT JOIN pg_roles AS r ON r.oid = acl.grantee
WHERE n.nspname = $1
  AND d.defaclobjtype = 'r'
  AND d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)
  AND (acl.grantee = 0 OR r.oid IS NOT NULL)
ORDER BY 1, 2
