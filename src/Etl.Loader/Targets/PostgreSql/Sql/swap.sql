-- name: qualify
-- Definitions are then spelled with every name qualified and every constant exact, as they must be to be made again, whatever the database's settings.
SELECT
    set_config('search_path', 'pg_catalog, pg_temp', true),
    set_config('quote_all_identifiers', 'off', true),
    set_config('datestyle', 'ISO', true),
    set_config('intervalstyle', 'postgres', true),
    set_config('extra_float_digits', '1', true)

-- name: lost
-- What would go with the old table, or with a view that must be made again, and cannot be made again: by name.
WITH RECURSIVE dependents AS (
    SELECT $1::oid AS oid
    UNION
    SELECT r.ev_class
    FROM dependents AS d
    JOIN pg_class AS c ON c.oid = d.oid
    LEFT JOIN pg_type AS t ON t.oid = c.reltype
    JOIN pg_depend AS p
      ON p.classid = 'pg_rewrite'::regclass AND p.deptype = 'n'
     AND ((p.refclassid = 'pg_class'::regclass AND p.refobjid = d.oid) OR (p.refclassid = 'pg_type'::regclass AND p.refobjid IN (t.oid, t.typarray)))
    JOIN pg_rewrite AS r ON r.oid = p.objid
),
relations AS (
    SELECT c.oid, c.relkind, c.reltype, t.typarray, c.relrowsecurity, c.relforcerowsecurity, c.reloftype
    FROM dependents AS d
    JOIN pg_class AS c ON c.oid = d.oid
    LEFT JOIN pg_type AS t ON t.oid = c.reltype
)
SELECT DISTINCT thing
FROM (
    SELECT pg_describe_object('pg_class'::regclass, oid, 0) AS thing FROM relations WHERE oid <> $1 AND relkind <> 'v'
    UNION ALL
    SELECT pg_describe_object('pg_constraint'::regclass, f.oid, 0)
    FROM pg_constraint AS f JOIN relations AS r ON r.oid = f.confrelid
    WHERE f.contype = 'f' AND f.conrelid <> f.confrelid
    UNION ALL
    SELECT pg_describe_object('pg_trigger'::regclass, t.oid, 0) FROM pg_trigger AS t JOIN relations AS r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT pg_describe_object('pg_rewrite'::regclass, w.oid, 0) FROM pg_rewrite AS w JOIN relations AS r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
    UNION ALL
    SELECT 'row level security of ' || oid::regclass FROM relations WHERE relrowsecurity OR relforcerowsecurity
    UNION ALL
    SELECT pg_describe_object('pg_policy'::regclass, p.oid, 0) FROM pg_policy AS p JOIN relations AS r ON r.oid = p.polrelid
    UNION ALL
    SELECT pg_describe_object('pg_publication_rel'::regclass, p.oid, 0) FROM pg_publication_rel AS p JOIN relations AS r ON r.oid = p.prrelid
    UNION ALL
    SELECT 'inheritance from ' || i.inhparent::regclass FROM pg_inherits AS i WHERE i.inhrelid = $1
    UNION ALL
    SELECT 'inheritance by ' || i.inhrelid::regclass FROM pg_inherits AS i WHERE i.inhparent = $1
    UNION ALL
    SELECT 'its type ' || reloftype::regtype FROM relations WHERE reloftype <> 0
    UNION ALL
    SELECT 'security label of ' || r.oid::regclass FROM pg_seclabel AS l JOIN relations AS r ON r.oid = l.objoid WHERE l.classoid = 'pg_class'::regclass
    UNION ALL
    SELECT 'membership in ' || pg_describe_object(d.refclassid, d.refobjid, 0)
    FROM pg_depend AS d JOIN relations AS r ON r.oid = d.objid
    WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e'
    UNION ALL
    SELECT 'generated column ' || quote_ident(attname) FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped AND attgenerated <> ''
    UNION ALL
    SELECT 'collation of column ' || quote_ident(a.attname)
    FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
    WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped AND a.attcollation <> t.typcollation
    UNION ALL
    SELECT 'identity column ' || quote_ident(a.attname) || ', which is not in the dataset'
    FROM pg_attribute AS a
    WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity <> ''
      AND NOT EXISTS (SELECT FROM pg_attribute AS s WHERE s.attrelid = $2 AND s.attname = a.attname AND s.attnum > 0)
    UNION ALL
    -- Functions, types, columns of other tables and whatever else was made from the table or its row type.
    SELECT pg_describe_object(d.classid, d.objid, d.objsubid)
    FROM pg_depend AS d
    JOIN relations AS r
      ON (d.refclassid = 'pg_class'::regclass AND d.refobjid = r.oid) OR (d.refclassid = 'pg_type'::regclass AND d.refobjid IN (r.reltype, r.typarray))
    WHERE d.deptype = 'n' AND d.classid NOT IN ('pg_rewrite'::regclass, 'pg_constraint'::regclass)
      AND NOT (d.classid = 'pg_attrdef'::regclass AND EXISTS (SELECT FROM pg_attrdef AS own WHERE own.oid = d.objid AND own.adrelid = $1))
) AS things
WHERE thing IS NOT NULL
ORDER BY thing

-- name: before_swap
-- What the staging table gets while readers still use the old one: everything that takes time.
WITH kept AS (
    SELECT a.attnum, a.attname, a.attnotnull, a.attidentity, a.attstattarget, a.attstorage, s.attstorage AS staged_storage
    FROM pg_attribute AS a
    JOIN pg_attribute AS s ON s.attrelid = $2 AND s.attname = a.attname AND s.attnum > 0
    WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
)
SELECT thing, statement
FROM (
    SELECT 10 AS step, 'column ' || quote_ident(attname) AS thing, format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', $2::regclass, attname) AS statement
    FROM kept WHERE attnotnull
    UNION ALL
    SELECT 11, 'default of column ' || quote_ident(k.attname), format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', $2::regclass, k.attname, pg_get_expr(d.adbin, d.adrelid))
    FROM kept AS k JOIN pg_attrdef AS d ON d.adrelid = $1 AND d.adnum = k.attnum
    UNION ALL
    SELECT 12, 'statistics of column ' || quote_ident(attname), format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', $2::regclass, attname, attstattarget)
    FROM kept WHERE attstattarget >= 0
    UNION ALL
    SELECT 13, 'storage of column ' || quote_ident(attname),
        format('ALTER TABLE %s ALTER COLUMN %I SET STORAGE %s', $2::regclass, attname,
            CASE attstorage WHEN 'p' THEN 'PLAIN' WHEN 'm' THEN 'MAIN' WHEN 'e' THEN 'EXTERNAL' ELSE 'EXTENDED' END)
    FROM kept WHERE attstorage <> staged_storage AND staged_storage <> 'p'
    UNION ALL
    SELECT 14, 'identity of column ' || quote_ident(k.attname),
        format('ALTER TABLE %s ALTER COLUMN %I ADD GENERATED %s AS IDENTITY (SEQUENCE NAME etl_loader_staging.%I START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s %s)',
            $2::regclass, k.attname, CASE k.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, c.relname,
            s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END)
    FROM kept AS k
    JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = $1 AND d.refobjsubid = k.attnum AND d.deptype = 'i' AND d.classid = 'pg_class'::regclass
    JOIN pg_sequence AS s ON s.seqrelid = d.objid
    JOIN pg_class AS c ON c.oid = d.objid
    WHERE k.attidentity <> ''
    UNION ALL
    SELECT 20, 'storage parameters',
        format('ALTER TABLE %s SET (%s)', $2::regclass, (SELECT string_agg(format('%I = %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') FROM unnest(reloptions) AS o))
    FROM pg_class WHERE oid = $1 AND reloptions IS NOT NULL
    UNION ALL
    SELECT 30, 'index ' || quote_ident(c.relname),
        CASE WHEN starts_with(pg_get_indexdef(c.oid), p.prefix)
            THEN format('CREATE %sINDEX %I ON %s %s', u.word, c.relname, $2::regclass, substr(pg_get_indexdef(c.oid), length(p.prefix) + 1))
            ELSE pg_get_indexdef(c.oid) END
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    CROSS JOIN LATERAL (SELECT CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END AS word) AS u
    CROSS JOIN LATERAL (SELECT format('CREATE %sINDEX %I ON %s ', u.word, c.relname, $1::regclass) AS prefix) AS p
    WHERE i.indrelid = $1 AND NOT i.indisexclusion
    UNION ALL
    SELECT 40, 'constraint ' || quote_ident(n.conname),
        format('ALTER TABLE %s ADD CONSTRAINT %I %s', $2::regclass, n.conname,
            CASE WHEN n.contype IN ('p', 'u')
                THEN format('%s USING INDEX %I%s%s', CASE n.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, c.relname,
                    CASE WHEN n.condeferrable THEN ' DEFERRABLE' ELSE '' END, CASE WHEN n.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END)
                ELSE pg_get_constraintdef(n.oid) END)
    FROM pg_constraint AS n
    LEFT JOIN pg_class AS c ON c.oid = n.conindid
    WHERE n.conrelid = $1 AND n.contype IN ('p', 'u', 'c', 'x', 'f') AND n.confrelid <> $1
    UNION ALL
    SELECT 50, 'clustering', format('ALTER TABLE %s CLUSTER ON %I', $2::regclass, c.relname)
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE i.indrelid = $1 AND i.indisclustered
    UNION ALL
    SELECT 51, 'replica identity',
        format('ALTER TABLE %s REPLICA IDENTITY %s', $2::regclass,
            CASE t.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'
                ELSE (SELECT format('USING INDEX %I', c.relname) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE i.indrelid = $1 AND i.indisreplident) END)
    FROM pg_class AS t WHERE t.oid = $1 AND t.relreplident <> 'd'
) AS steps
ORDER BY step, thing

-- name: views
-- The views over the table, nearest first: how each is dropped and made again.
WITH RECURSIVE dependents AS (
    SELECT $1::oid AS oid, 0 AS depth
    UNION
    SELECT r.ev_class, d.depth + 1
    FROM dependents AS d
    JOIN pg_class AS c ON c.oid = d.oid
    LEFT JOIN pg_type AS t ON t.oid = c.reltype
    JOIN pg_depend AS p
      ON p.classid = 'pg_rewrite'::regclass AND p.deptype = 'n'
     AND ((p.refclassid = 'pg_class'::regclass AND p.refobjid = d.oid) OR (p.refclassid = 'pg_type'::regclass AND p.refobjid IN (t.oid, t.typarray)))
    JOIN pg_rewrite AS r ON r.oid = p.objid AND r.ev_class <> d.oid
)
SELECT
    v.oid::regclass::text,
    format('CREATE VIEW %s%s AS %s', v.oid::regclass,
        (SELECT ' WITH (' || string_agg(format('%I = %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') || ')' FROM unnest(v.reloptions) AS o),
        rtrim(pg_get_viewdef(v.oid), '; ')),
    (
        SELECT coalesce(array_agg(statement ORDER BY step, statement), '{}')
        FROM (
            SELECT 1 AS step, format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', v.oid::regclass, a.attname, pg_get_expr(x.adbin, x.adrelid)) AS statement
            FROM pg_attrdef AS x JOIN pg_attribute AS a ON a.attrelid = x.adrelid AND a.attnum = x.adnum WHERE x.adrelid = v.oid
            UNION ALL
            SELECT 2, format(CASE t.objsubid WHEN 0 THEN 'COMMENT ON VIEW %1$s IS %3$L' ELSE 'COMMENT ON COLUMN %1$s.%2$I IS %3$L' END, v.oid::regclass, a.attname, t.description)
            FROM pg_description AS t LEFT JOIN pg_attribute AS a ON a.attrelid = v.oid AND a.attnum = t.objsubid AND t.objsubid > 0
            WHERE t.classoid = 'pg_class'::regclass AND t.objoid = v.oid
            UNION ALL
            SELECT 3, format('ALTER VIEW %s OWNER TO %I', v.oid::regclass, pg_get_userbyid(v.relowner)) WHERE pg_get_userbyid(v.relowner) <> current_user
            UNION ALL
            SELECT 4, format('REVOKE ALL ON TABLE %s FROM %I', v.oid::regclass, pg_get_userbyid(v.relowner)) WHERE v.relacl IS NOT NULL
            UNION ALL
            SELECT 5, format('GRANT %s ON TABLE %s TO %s%s', g.privilege_type, v.oid::regclass,
                CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
            FROM aclexplode(v.relacl) AS g
            UNION ALL
            SELECT 6, format('GRANT %s (%I) ON TABLE %s TO %s%s', g.privilege_type, a.attname, v.oid::regclass,
                CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
            FROM pg_attribute AS a CROSS JOIN LATERAL aclexplode(a.attacl) AS g WHERE a.attrelid = v.oid AND a.attnum > 0 AND NOT a.attisdropped
        ) AS steps
    )
FROM (SELECT oid, max(depth) AS depth FROM dependents WHERE depth > 0 GROUP BY oid) AS d
JOIN pg_class AS v ON v.oid = d.oid
ORDER BY d.depth, v.oid

-- name: view_columns
-- The columns of the table that each view reads, itself or through the views it stands on.
WITH RECURSIVE readers AS (
    SELECT r.ev_class AS view, p.refobjsubid AS attnum
    FROM pg_depend AS p
    JOIN pg_rewrite AS r ON r.oid = p.objid AND r.ev_class <> p.refobjid
    WHERE p.classid = 'pg_rewrite'::regclass AND p.refclassid = 'pg_class'::regclass AND p.refobjid = $1
    UNION
    SELECT r.ev_class, s.attnum
    FROM readers AS s
    JOIN pg_depend AS p ON p.classid = 'pg_rewrite'::regclass AND p.refclassid = 'pg_class'::regclass AND p.refobjid = s.view
    JOIN pg_rewrite AS r ON r.oid = p.objid AND r.ev_class <> p.refobjid
)
SELECT s.view::regclass::text, a.attname::text
FROM readers AS s
JOIN pg_attribute AS a ON a.attrelid = $1 AND a.attnum = s.attnum AND a.attnum > 0
ORDER BY 1, 2

-- name: granted
-- Whom default privileges gave something on a relation just made.
SELECT format('REVOKE ALL ON TABLE %s FROM %s', c.oid::regclass, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END)
FROM pg_class AS c
CROSS JOIN LATERAL aclexplode(c.relacl) AS g
WHERE c.oid = to_regclass($1) AND g.grantee <> c.relowner
GROUP BY 1

-- name: detach
-- A sequence that a column owns would be dropped with the old table.
SELECT format('ALTER SEQUENCE %s OWNED BY NONE', d.objid::regclass)
FROM pg_depend AS d
JOIN pg_class AS q ON q.oid = d.objid AND q.relkind = 'S'
JOIN pg_attribute AS a ON a.attrelid = $1 AND a.attnum = d.refobjsubid
JOIN pg_attribute AS s ON s.attrelid = $2 AND s.attname = a.attname AND s.attnum > 0
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $1 AND d.deptype = 'a'

-- name: after_swap
-- What is done to the new table under its final name, the same as the old one's.
WITH kept AS (
    SELECT a.attnum, a.attname, a.attacl, a.attidentity
    FROM pg_attribute AS a
    JOIN pg_attribute AS s ON s.attrelid = $2 AND s.attname = a.attname AND s.attnum > 0
    WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
),
old AS (
    SELECT c.oid, c.oid::regclass AS name, c.relacl, c.relowner, n.nspname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = $1
)
SELECT thing, statement
FROM (
    SELECT 10 AS step, 'constraint ' || quote_ident(f.conname) AS thing, format('ALTER TABLE %s ADD CONSTRAINT %I %s', o.name, f.conname, pg_get_constraintdef(f.oid)) AS statement
    FROM old AS o JOIN pg_constraint AS f ON f.conrelid = o.oid AND f.confrelid = o.oid AND f.contype = 'f'
    UNION ALL
    SELECT 11, 'statistics ' || quote_ident(x.stxname), pg_get_statisticsobjdef(x.oid) FROM pg_statistic_ext AS x WHERE x.stxrelid = $1
    UNION ALL
    SELECT 20, 'comment', format('COMMENT ON TABLE %s IS %L', o.name, t.description)
    FROM old AS o JOIN pg_description AS t ON t.classoid = 'pg_class'::regclass AND t.objoid = o.oid AND t.objsubid = 0
    UNION ALL
    SELECT 20, 'comment on column ' || quote_ident(k.attname), format('COMMENT ON COLUMN %s.%I IS %L', o.name, k.attname, t.description)
    FROM old AS o JOIN pg_description AS t ON t.classoid = 'pg_class'::regclass AND t.objoid = o.oid JOIN kept AS k ON k.attnum = t.objsubid
    UNION ALL
    SELECT 20, 'comment on constraint ' || quote_ident(n.conname), format('COMMENT ON CONSTRAINT %I ON %s IS %L', n.conname, o.name, t.description)
    FROM old AS o JOIN pg_constraint AS n ON n.conrelid = o.oid JOIN pg_description AS t ON t.classoid = 'pg_constraint'::regclass AND t.objoid = n.oid
    UNION ALL
    SELECT 20, 'comment on index ' || i.indexrelid::regclass, format('COMMENT ON INDEX %s IS %L', i.indexrelid::regclass, t.description)
    FROM pg_index AS i JOIN pg_description AS t ON t.classoid = 'pg_class'::regclass AND t.objoid = i.indexrelid WHERE i.indrelid = $1
    UNION ALL
    SELECT 30, 'owner', format('ALTER TABLE %s OWNER TO %I', o.name, pg_get_userbyid(o.relowner)) FROM old AS o WHERE pg_get_userbyid(o.relowner) <> current_user
    UNION ALL
    SELECT 31, 'grants', format('REVOKE ALL ON TABLE %s FROM %I', o.name, pg_get_userbyid(o.relowner)) FROM old AS o WHERE o.relacl IS NOT NULL
    UNION ALL
    SELECT 32, 'grants',
        format('GRANT %s ON TABLE %s TO %s%s', g.privilege_type, o.name,
            CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM old AS o CROSS JOIN LATERAL aclexplode(o.relacl) AS g
    UNION ALL
    SELECT 33, 'grants on column ' || quote_ident(k.attname),
        format('GRANT %s (%I) ON TABLE %s TO %s%s', g.privilege_type, k.attname, o.name,
            CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM old AS o CROSS JOIN kept AS k CROSS JOIN LATERAL aclexplode(k.attacl) AS g
    UNION ALL
    SELECT 40, 'sequence of column ' || quote_ident(k.attname), format('ALTER SEQUENCE %s OWNED BY %s.%I', d.objid::regclass, o.name, k.attname)
    FROM old AS o
    JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = o.oid AND d.deptype = 'a'
    JOIN pg_class AS q ON q.oid = d.objid AND q.relkind = 'S'
    JOIN kept AS k ON k.attnum = d.refobjsubid
    UNION ALL
    SELECT 41, 'identity of column ' || quote_ident(k.attname), format('SELECT pg_catalog.setval(%L, %s)', q.oid::regclass, pg_sequence_last_value(q.oid))
    FROM old AS o
    JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = o.oid AND d.deptype = 'i'
    JOIN pg_class AS q ON q.oid = d.objid AND q.relkind = 'S'
    JOIN kept AS k ON k.attnum = d.refobjsubid AND k.attidentity <> ''
    -- The planner may look at this before the join: of what is not a sequence the function is an error, not null.
    WHERE CASE q.relkind WHEN 'S' THEN pg_sequence_last_value(q.oid) END IS NOT NULL
    UNION ALL
    SELECT 42, 'grants on ' || q.oid::regclass,
        format('GRANT %s ON SEQUENCE %s TO %s%s', g.privilege_type, q.oid::regclass,
            CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM old AS o
    JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = o.oid AND d.deptype = 'i'
    JOIN pg_class AS q ON q.oid = d.objid AND q.relkind = 'S'
    CROSS JOIN LATERAL aclexplode(q.relacl) AS g
) AS steps
ORDER BY step, thing, statement
