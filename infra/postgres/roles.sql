-- Roles of the queue database, each with the least that its part needs. Run it there as a superuser, once before the first `etl-loader migrate` (which
-- etl_owner then runs) and again after each: new tables are nobody's else.
--   psql --set ON_ERROR_STOP=1 --single-transaction --file roles.sql 'host=db dbname=etl_loader user=postgres'
-- It may be run at any time, and is plain SQL for any client. The roles cannot log in before:  ALTER ROLE etl_watcher LOGIN PASSWORD '…';
-- Each role is itself the login of its processes, on all hosts: a new holder of a lane can end sessions of its own role only. target-roles.sql does the
-- same for a target.

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['etl_owner', 'etl_watcher', 'etl_lanes', 'etl_operator', 'etl_viewer'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;

    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO etl_owner', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO etl_watcher, etl_lanes, etl_operator, etl_viewer', current_database());
END
$$;

-- On PostgreSQL 14 everybody may make things in public.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

DO $$
DECLARE
    -- What each role may do with the tables of the ledger. A table that is not named here is the loader's alone.
    granted constant text[] := ARRAY[
        -- role, rights, tables
        'etl_watcher',  'SELECT',                         'migrations installation inboxes load load_status attempts watchers watcher_service lane_status lane_service deliveries taken_triggers',
        'etl_watcher',  'INSERT',                         'inboxes load outbox watchers audit taken_triggers',
        'etl_watcher',  'UPDATE, DELETE',                 'watchers taken_triggers',
        'etl_operator', 'SELECT',                         'migrations installation inboxes load load_status attempts lane_status lane_service watchers watcher_service audit outbox taken_triggers',
        'etl_operator', 'INSERT',                         'load outbox audit lane_status inboxes',
        'etl_operator', 'UPDATE',                         'load attempts lane_status',
        'etl_viewer',   'SELECT',                         'migrations installation inboxes load load_status attempts lane_status lane_service watchers watcher_service audit taken_triggers'];
    own record;
    name text;
BEGIN
    IF to_regclass('etl_loader.load') IS NULL OR to_regclass('hangfire.job') IS NULL THEN
        RAISE NOTICE 'The schema is not made yet: run `etl-loader migrate` as etl_owner, then this file again.';
        RETURN;
    END IF;

    -- Whoever made the tables first (an `up`, a superuser) need not be the one who changes them from now on.
    FOR own IN
        SELECT n.nspname, c.relname, c.relkind
          FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE n.nspname IN ('etl_loader', 'hangfire') AND c.relkind IN ('r', 'p', 'v', 'S') AND pg_get_userbyid(c.relowner) <> 'etl_owner'
           -- A sequence follows its table.
           AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND c.relkind = 'S' AND d.deptype IN ('a', 'i'))
    LOOP
        EXECUTE format('ALTER %s %I.%I OWNER TO etl_owner', CASE own.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, own.nspname, own.relname);
    END LOOP;
    FOR own IN
        SELECT p.oid::regprocedure AS routine
          FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
         WHERE n.nspname = 'etl_loader' AND pg_get_userbyid(p.proowner) <> 'etl_owner'
    LOOP
        EXECUTE format('ALTER ROUTINE %s OWNER TO etl_owner', own.routine);
    END LOOP;
    ALTER SCHEMA etl_loader OWNER TO etl_owner;
    ALTER SCHEMA hangfire OWNER TO etl_owner;

    REVOKE ALL ON ALL TABLES IN SCHEMA etl_loader, hangfire FROM PUBLIC, etl_watcher, etl_lanes, etl_operator, etl_viewer;
    REVOKE ALL ON ALL SEQUENCES IN SCHEMA etl_loader, hangfire FROM PUBLIC, etl_watcher, etl_lanes, etl_operator, etl_viewer;
    REVOKE ALL ON SCHEMA etl_loader, hangfire FROM PUBLIC;
    GRANT USAGE ON SCHEMA etl_loader TO etl_watcher, etl_lanes, etl_operator, etl_viewer;
    GRANT USAGE ON SCHEMA hangfire TO etl_watcher, etl_lanes, etl_operator, etl_viewer;

    FOR i IN 1 .. cardinality(granted) / 3 LOOP
        FOREACH name IN ARRAY string_to_array(granted[3 * i], ' ') LOOP
            EXECUTE format('GRANT %s ON etl_loader.%I TO %I', granted[3 * i - 1], name, granted[3 * i - 2]);
        END LOOP;
    END LOOP;

    -- The watcher accepts: it gives a load its job, and changes nothing else of it.
    GRANT UPDATE (job_id) ON etl_loader.load TO etl_watcher;
    GRANT INSERT ON hangfire.job, hangfire.state, hangfire.jobqueue TO etl_watcher;
    GRANT SELECT ON hangfire.schema, hangfire.job TO etl_watcher;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA hangfire TO etl_watcher, etl_lanes, etl_operator;

    -- The operator acts on loads and lanes, and by that on their jobs; what was done is never taken back.
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA hangfire TO etl_operator, etl_lanes;
    GRANT SELECT ON ALL TABLES IN SCHEMA hangfire TO etl_viewer;
    REVOKE INSERT, UPDATE, DELETE ON hangfire.schema FROM etl_operator, etl_lanes;

    -- The loader runs the lanes, the dashboard and what comes with them; the schema, the identity and the record of deeds are not its to change.
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA etl_loader TO etl_lanes;
    GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA etl_loader TO etl_lanes;
    REVOKE INSERT, UPDATE, DELETE ON etl_loader.migrations, etl_loader.installation FROM etl_lanes;
    REVOKE UPDATE, DELETE ON etl_loader.audit FROM etl_lanes;
END
$$;
