-- Roles of a target, for the loader and for people who read: run it in the target as a superuser, once before `etl-loader migrate --target NAME` (which
-- etl_owner then runs) and again after each:
--   psql --set ON_ERROR_STOP=1 --single-transaction --file target-roles.sql 'host=db dbname=warehouse user=postgres'
-- The loader gets one schema, public, or the one that is named before:  SET etl_loader.target_schema = 'sales';
-- It may be run at any time, and is plain SQL for any client. Where queue and target are one database, run roles.sql first.
-- Tables that are to be replaced must belong to etl_lanes: those that it made do.

DO $$
DECLARE
    wanted text;
    place constant text := coalesce(nullif(current_setting('etl_loader.target_schema', true), ''), 'public');
    shared constant boolean := to_regclass('etl_loader.load') IS NOT NULL;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['etl_owner', 'etl_lanes', 'etl_viewer'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;

    EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO etl_owner', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO etl_lanes, etl_viewer', current_database());
    -- On PostgreSQL 14 everybody may make things in public: a function there, named as one of PostgreSQL's, could be called in its place.
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', place);
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO etl_lanes', place);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO etl_viewer', place);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO etl_viewer', place);
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE etl_lanes IN SCHEMA %I GRANT SELECT ON TABLES TO etl_viewer', place);

    IF to_regclass('etl_loader.lane') IS NULL THEN
        RAISE NOTICE 'The schema is not made yet: run `etl-loader migrate --target NAME` as etl_owner, then this file again.';
        RETURN;
    END IF;

    FOREACH wanted IN ARRAY ARRAY['lane', 'receipts', 'rejects', 'checkpoints'] LOOP
        EXECUTE format('ALTER TABLE etl_loader.%I OWNER TO etl_owner', wanted);
        EXECUTE format('REVOKE ALL ON etl_loader.%I FROM PUBLIC, etl_lanes, etl_viewer', wanted);
    END LOOP;
    IF NOT shared THEN
        ALTER TABLE etl_loader.migrations OWNER TO etl_owner;
        ALTER SCHEMA etl_loader OWNER TO etl_owner;
        REVOKE ALL ON SCHEMA etl_loader FROM PUBLIC;
    END IF;

    ALTER SCHEMA etl_loader_staging OWNER TO etl_owner;
    REVOKE ALL ON SCHEMA etl_loader_staging FROM PUBLIC;
    GRANT USAGE, CREATE ON SCHEMA etl_loader_staging TO etl_lanes;
    GRANT USAGE ON SCHEMA etl_loader TO etl_lanes, etl_viewer;
    GRANT SELECT ON etl_loader.migrations TO etl_lanes;

    -- A receipt is proof: it is added, never changed. The lane's row is registered once, and raised.
    GRANT SELECT, INSERT (name, installation, epoch), UPDATE (epoch, holder, taken_at) ON etl_loader.lane TO etl_lanes;
    GRANT SELECT, INSERT ON etl_loader.receipts TO etl_lanes;
    GRANT SELECT, INSERT, UPDATE ON etl_loader.owned_tables TO etl_lanes;
    GRANT SELECT, INSERT, DELETE ON etl_loader.rejects, etl_loader.checkpoints TO etl_lanes;

    -- The raw text of rejected rows is for operators.
    GRANT SELECT ON etl_loader.receipts TO etl_viewer;
END
$$;
