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

-- On PostgreSQL 14 everybody may make things in public: a function there, named as one of PostgreSQL's, could be called in its place.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

DO $$
DECLARE
    routine regprocedure;
    name text;
BEGIN
    -- Behind a pooler that drops what our sessions ask for at their start, too. People who read as etl_viewer keep their own.
    FOREACH name IN ARRAY ARRAY['etl_owner', 'etl_watcher', 'etl_lanes', 'etl_operator'] LOOP
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET search_path = pg_catalog, pg_temp', name, current_database());
    END LOOP;

    -- A lane's lock is an advisory lock. Whoever could take it first would keep every loader out.
    FOR routine IN
        SELECT p.oid::regprocedure
          FROM pg_proc AS p
         WHERE p.pronamespace = 'pg_catalog'::regnamespace
           AND p.proname ~ '^pg_(try_)?advisory_(xact_)?lock(_shared)?$'
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO etl_owner, etl_lanes, etl_operator', routine);
    END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
    -- The administrator of a hosted server is no superuser. `etl-loader status` and `doctor` name a session that has a lock and no business with it.
    RAISE WARNING 'Every role that may connect can take a lane''s lock: only a superuser can change that (%).', SQLERRM;
END
$$;

DO $$
DECLARE
    -- What each role may do with the tables of the ledger, and with which columns. A table that is not named here is the loader's alone.
    accepted constant text := 'load_id, inbox, dataset, target, table_schema, table_name, mode, priority, status, stage, spec, bytes_total, delivery, finished_at, error, hint, fault, cause';
    deed constant text := 'actor, action, reason, load_id, target, details';
    pause constant text := 'paused_at, paused_by, pause_reason, pause_now';
    granted constant text[] := ARRAY[
        -- role, rights, tables
        'etl_watcher',  'SELECT',                         'migrations installation inboxes load load_status attempts watchers watcher_service lane_status lane_service deliveries taken_triggers',
        'etl_watcher',  format('INSERT (%s)', accepted),  'load',
        'etl_watcher',  'INSERT (name, id)',              'inboxes',
        'etl_watcher',  'INSERT (load_id, event, once, details)', 'outbox',
        'etl_watcher',  format('INSERT (%s)', deed),      'audit',
        'etl_watcher',  'INSERT, UPDATE, DELETE',         'watchers',
        'etl_watcher',  'INSERT (inbox, path, bytes, modified_at, inode, sha256, load_id), UPDATE (gone_at), DELETE', 'taken_triggers',

        'etl_operator', 'SELECT',                         'migrations installation inboxes load load_status attempts lane_status lane_service watchers watcher_service audit outbox taken_triggers refused_jobs',
        'etl_operator', format('INSERT (%s)', accepted),  'load',
        'etl_operator', 'INSERT (name, id)',              'inboxes',
        'etl_operator', 'INSERT (load_id, event, once, details)', 'outbox',
        'etl_operator', format('INSERT (%s)', deed),      'audit',
        'etl_operator', format('INSERT (target, %s), UPDATE (%s)', pause, pause), 'lane_status',
        'etl_operator', 'UPDATE (finished_at, outcome)',  'attempts',
        'etl_operator', 'DELETE',                         'refused_jobs',
        -- What an action changes of a load. Its identity, its attempts and its receipt are not among it.
        'etl_operator', 'UPDATE (status, stage, spec, survey, job_id, bytes_total, bytes_done, rows_loaded, rows_rejected, failures, kills, kills_checkpoints, '
                     || 'finished_at, next_attempt_at, waits_for, error, error_line, hint, fault, cause, cancel_requested_at, cancel_requested_by)', 'load',

        'etl_viewer',   'SELECT',                         'migrations installation inboxes load load_status attempts lane_status lane_service watchers watcher_service audit taken_triggers',

        -- The loader runs the lanes, the dashboard and what comes with them. The schema, the identity and the record of deeds are not its to change.
        'etl_lanes',    'SELECT',                         'migrations installation load_status lane_service watcher_service audit refused_jobs',
        'etl_lanes',    format('INSERT (%s)', deed),      'audit',
        'etl_lanes',    'INSERT, UPDATE',                 'refused_jobs',

        -- Of Hangfire's tables the watcher fills those that a new job has. Lanes and operators change jobs; recurring jobs and counters of others are nobody's.
        'etl_watcher',  'SELECT',                         'hangfire.schema hangfire.job',
        'etl_watcher',  'INSERT',                         'hangfire.job hangfire.state hangfire.jobqueue',
        'etl_operator', 'INSERT, UPDATE',                 'hangfire.job hangfire.jobparameter',
        'etl_operator', 'INSERT',                         'hangfire.state hangfire.jobqueue hangfire.counter',
        'etl_operator', 'INSERT, UPDATE, DELETE',         'hangfire.lock hangfire.set hangfire.list'];
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

    -- The loader's alone: a later version's tables too, until they are named above.
    FOR name IN
        SELECT c.relname
          FROM pg_class AS c
         WHERE c.relnamespace = 'etl_loader'::regnamespace
           AND c.relkind IN ('r', 'p')
           AND c.relname NOT IN ('migrations', 'installation', 'audit', 'refused_jobs')
           -- Where queue and target are one database, target-roles.sql gives what is the target's.
           AND c.relname NOT IN ('lane', 'receipts', 'rejects', 'checkpoints', 'owned_tables')
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON etl_loader.%I TO etl_lanes', name);
    END LOOP;
    -- A ledger that lost rows to a restore goes on counting after the receipts that are there.
    GRANT USAGE, SELECT, UPDATE ON SEQUENCE etl_loader.load_sequence_seq TO etl_lanes;

    GRANT SELECT ON ALL TABLES IN SCHEMA hangfire TO etl_operator, etl_lanes, etl_viewer;
    GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA hangfire TO etl_lanes;
    REVOKE INSERT, UPDATE, DELETE ON hangfire.schema FROM etl_lanes;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA hangfire TO etl_lanes, etl_operator;
    GRANT USAGE ON SEQUENCE hangfire.job_id_seq, hangfire.state_id_seq, hangfire.jobqueue_id_seq TO etl_watcher;

    FOR i IN 1 .. cardinality(granted) / 3 LOOP
        FOREACH name IN ARRAY string_to_array(granted[3 * i], ' ') LOOP
            EXECUTE format('GRANT %s ON %s TO %I', granted[3 * i - 1], CASE WHEN strpos(name, '.') > 0 THEN name ELSE 'etl_loader.' || quote_ident(name) END, granted[3 * i - 2]);
        END LOOP;
    END LOOP;

    -- The watcher accepts: it gives a load its job, once, and changes nothing else of it.
    GRANT UPDATE (job_id) ON etl_loader.load TO etl_watcher;
END
$$;
