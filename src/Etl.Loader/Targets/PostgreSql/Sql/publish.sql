-- name: set_lock_timeout
SELECT set_config('lock_timeout', $1, true)

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

-- name: hangs_on
-- Everything that dropping the table would take along.
SELECT thing
FROM (
    SELECT 'owner ' || quote_ident(pg_get_userbyid(relowner)) AS thing
    FROM pg_class WHERE oid = $1 AND pg_get_userbyid(relowner) <> current_user
    UNION ALL
    SELECT 'grants' FROM pg_class WHERE oid = $1 AND relacl IS NOT NULL
    UNION ALL
    SELECT 'grants on column ' || quote_ident(attname) FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND attacl IS NOT NULL
    UNION ALL
    SELECT 'default of column ' || quote_ident(attname)
    FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped AND (atthasdef OR attidentity <> '' OR attnotnull)
    UNION ALL
    SELECT 'comment' || CASE objsubid WHEN 0 THEN '' ELSE ' on a column' END FROM pg_description WHERE objoid = $1 AND classoid = 'pg_class'::regclass
    UNION ALL
    SELECT pg_describe_object(classid, objid, objsubid)
    FROM pg_depend
    WHERE refclassid = 'pg_class'::regclass AND refobjid = $1 AND deptype IN ('n', 'a')
    UNION ALL
    SELECT pg_describe_object(d.classid, d.objid, d.objsubid)
    FROM pg_depend AS d
    JOIN pg_type AS t ON t.typrelid = $1 AND d.refobjid IN (t.oid, t.typarray)
    WHERE d.refclassid = 'pg_type'::regclass AND d.deptype = 'n'
    UNION ALL
    SELECT 'row level security' FROM pg_class WHERE oid = $1 AND relrowsecurity
) AS things
ORDER BY thing
