-- name: relation
SELECT c.oid, c.relkind::text
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = $2

-- name: schema_exists
SELECT to_regnamespace(quote_ident($1)) IS NOT NULL

-- name: columns
SELECT
    a.attname,
    format_type(a.atttypid, a.atttypmod),
    NOT a.attnotnull,
    a.atthasdef OR a.attidentity <> '',
    a.attgenerated <> '',
    -- Of a domain the type that it is over.
    CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) ELSE format_type(a.atttypid, a.atttypmod) END
FROM pg_attribute AS a
JOIN pg_type AS t ON t.oid = a.atttypid
WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
