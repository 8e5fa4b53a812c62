-- name: owned
-- A database that was restored under the lane, at the lane's own epoch, has not been bound again yet: there the name has to do.
SELECT
    CASE WHEN o.beside = 'etl_loader.receipts'::regclass THEN o.relation
         ELSE coalesce((
            SELECT c.oid
            FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND o.table_name = n.nspname || '.' || c.relname), 0::oid)
    END
FROM etl_loader.owned_tables AS o
WHERE o.table_name = $1

-- name: own
-- Before the receipt, so that its time is the later one.
INSERT INTO etl_loader.owned_tables AS o (table_name, relation, beside, rows_since)
SELECT $1, c.oid, 'etl_loader.receipts'::regclass, clock_timestamp()
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $2 AND c.relname = $3
ON CONFLICT (table_name) DO UPDATE
SET relation = excluded.relation, beside = excluded.beside, rows_since = CASE WHEN $4 THEN excluded.rows_since ELSE o.rows_since END

-- name: bind_restored
-- After a restore from a dump the names are what is left: the tables that have them now came with the receipts.
UPDATE etl_loader.owned_tables AS o
SET relation = coalesce((
        SELECT c.oid
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND o.table_name = n.nspname || '.' || c.relname), 0),
    beside = 'etl_loader.receipts'::regclass
WHERE o.beside <> 'etl_loader.receipts'::regclass

-- name: arrivals_at_risk
-- What may leave out, change or redirect rows that are inserted: by name, and whether the rows can be compared afterwards.
SELECT pg_describe_object('pg_rewrite'::regclass, w.oid, 0), false
FROM pg_rewrite AS w
WHERE w.ev_class = $1 AND w.ev_type = '3' AND w.ev_enabled IN ('O', 'A')
UNION ALL
SELECT pg_describe_object('pg_trigger'::regclass, t.oid, 0), true
FROM pg_trigger AS t
WHERE t.tgrelid = $1 AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgtype & 4 <> 0
ORDER BY 1
