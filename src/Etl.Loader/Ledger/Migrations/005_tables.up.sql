-- The pages of tables walk from table to table and then to a table's newest loads.
CREATE INDEX load_of_table ON etl_loader.load (target, table_name, (coalesce(table_schema, '')), sequence);

-- Which loads people made by loading a dataset again: those are no deliveries.
CREATE INDEX audit_of_reloads ON etl_loader.audit (details) WHERE action = 'reload';
