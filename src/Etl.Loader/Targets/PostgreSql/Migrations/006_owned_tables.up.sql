-- Which table a name stood for when its last receipt was written: somebody may give the name to a table of their own.
CREATE TABLE etl_loader.owned_tables (
    table_name text PRIMARY KEY,
    relation   oid NOT NULL,
    -- The receipts' own table at that time: where it is another one, the database was restored from a dump, and oids mean nothing.
    beside     oid NOT NULL,
    -- Rows of receipts before this are not in the table.
    rows_since timestamptz NOT NULL
);

COMMENT ON TABLE etl_loader.owned_tables IS 'The tables that loads made or adopted. A table of such a name that is another one is not touched.';

INSERT INTO etl_loader.owned_tables (table_name, relation, beside, rows_since)
SELECT r.table_name, c.oid, 'etl_loader.receipts'::regclass, coalesce(max(r.published_at) FILTER (WHERE r.mode = 'replace'), '-infinity')
FROM etl_loader.receipts AS r
JOIN pg_catalog.pg_class AS c ON c.relkind = 'r'
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND r.table_name = n.nspname || '.' || c.relname
GROUP BY r.table_name, c.oid;
