-- name: refused_jobs
SELECT count(*) AS jobs, max(refused_at) AS newest
  FROM etl_loader.refused_jobs

-- name: newest_refused
SELECT id, refused_at, job_id, database_role, left(reason, 200) AS reason, left(coalesce(invocation ->> 'Type', invocation::text), 200) AS type
  FROM etl_loader.refused_jobs
 ORDER BY id DESC
 LIMIT @limit

-- name: creators
-- Who may make things where our statements look or write, apart from the schema's owner, from superusers and from this role.
SELECT DISTINCT n.nspname AS schema, coalesce(r.rolname, 'PUBLIC') AS role
  FROM pg_namespace AS n
 CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS a
  LEFT JOIN pg_roles AS r ON r.oid = a.grantee
 WHERE n.nspname = ANY (@schemas)
   AND a.privilege_type = 'CREATE'
   AND a.grantee <> n.nspowner
   AND coalesce(r.rolname, '') <> current_user
   AND NOT coalesce(r.rolsuper, false)
 ORDER BY 1, 2

-- name: search_path
SELECT replace(current_setting('search_path'), ' ', '')
