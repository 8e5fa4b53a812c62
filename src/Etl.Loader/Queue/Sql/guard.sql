-- What stands between Hangfire's tables and whoever may write into them: no row that names another method than the job of a load is ever there to be read.
-- Made after Hangfire's own tables, by whoever makes those. In the comment of set_job_aside stands which version of this file made it.

-- Null: the job of a load, to the letter. Else why it is none. The body is parsed once, here: whoever calls it cannot slip in operators of his own.
-- Without regular expressions, which would cost each accepted load ten times as much.
CREATE OR REPLACE FUNCTION etl_loader.job_refusal(invocation jsonb, arguments jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN invocation IS NULL OR jsonb_typeof(invocation) <> 'object' THEN 'its invocation is not a JSON object'
    -- The second is how a runtime names the same types that does not leave its own library out.
    WHEN invocation - '{Queue,Arguments}'::text[] NOT IN (
             '{"Type": "Etl.Loader.Queue.ILoadJob, Etl.Loader",
               "Method": "RunAsync",
               "ParameterTypes": "[\"System.Guid, mscorlib\",\"Hangfire.Server.PerformContext, Hangfire.Core\",\"System.Threading.CancellationToken, mscorlib\"]"}'::jsonb,
             '{"Type": "Etl.Loader.Queue.ILoadJob, Etl.Loader",
               "Method": "RunAsync",
               "ParameterTypes": "[\"System.Guid, System.Private.CoreLib\",\"Hangfire.Server.PerformContext, Hangfire.Core\",\"System.Threading.CancellationToken, System.Private.CoreLib\"]"}'::jsonb)
        THEN 'it does not call the job of a load'
    -- loads-NAME-0, -1 or -2, as a target may be called: [a-z][a-z0-9_]{0,30}
    WHEN (    starts_with(invocation ->> 'Queue', 'loads-')
          AND strpos('abcdefghijklmnopqrstuvwxyz', substr(invocation ->> 'Queue', 7, 1)) > 0
          AND translate(invocation ->> 'Queue', 'abcdefghijklmnopqrstuvwxyz0123456789_', '') = '--'
          AND right(invocation ->> 'Queue', 2) IN ('-0', '-1', '-2')
          AND length(invocation ->> 'Queue') BETWEEN 9 AND 39) IS NOT TRUE
        THEN 'its queue is not one of a lane'
    -- ["\"01a22507-fc37-7349-b871-49f831dfca05\"", null, null]
    WHEN (    jsonb_typeof(arguments) = 'array'
          AND arguments - 0 = '[null, null]'
          AND arguments ->> 0 LIKE '"________-____-____-____-____________"'
          AND translate(arguments ->> 0, '0123456789abcdef', '') = '"----"') IS NOT TRUE
        THEN 'its arguments are not the id of a load'
    -- Hangfire's client leaves them there as well.
    WHEN coalesce(invocation -> 'Arguments', 'null') <> 'null'
         AND invocation ->> 'Arguments' IS DISTINCT FROM replace(arguments::text, ', null', ',null')
        THEN 'it has its arguments twice, and they differ'
END;

CREATE OR REPLACE FUNCTION etl_loader.set_job_aside() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO etl_loader.refused_jobs (job_id, state, reason, invocation, arguments)
    VALUES (new.id, new.statename, etl_loader.job_refusal(new.invocationdata, new.arguments), new.invocationdata, new.arguments);
    -- The row stays until the holder of a lane removes it, with nothing in it that anybody could run.
    new.invocationdata := '{"Type": "refused", "Method": "refused", "ParameterTypes": "[]"}';
    new.arguments := '[]';
    RETURN new;
END
$$;
COMMENT ON FUNCTION etl_loader.set_job_aside() IS 'guard 1';

-- Hangfire reads the data of a state as a list of texts, and a type that the JSON names before it reads anything.
CREATE OR REPLACE FUNCTION etl_loader.set_state_aside() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO etl_loader.refused_jobs (job_id, state, reason, invocation)
    VALUES (new.jobid, new.name, 'the data of its state are not a list of texts', new.data);
    new.data := '{}';
    RETURN new;
END
$$;

DROP TRIGGER IF EXISTS refuse_foreign_job ON hangfire.job;
CREATE TRIGGER refuse_foreign_job BEFORE INSERT OR UPDATE OF invocationdata, arguments ON hangfire.job
    FOR EACH ROW WHEN (etl_loader.job_refusal(new.invocationdata, new.arguments) IS NOT NULL)
    EXECUTE FUNCTION etl_loader.set_job_aside();

DROP TRIGGER IF EXISTS refuse_foreign_state ON hangfire.state;
CREATE TRIGGER refuse_foreign_state BEFORE INSERT OR UPDATE OF data ON hangfire.state
    FOR EACH ROW WHEN (jsonb_typeof(new.data) <> 'object'
                       OR new.data ?| ARRAY['$type', '$value', '$values', '$id', '$ref']
                       OR jsonb_path_exists(new.data, '$.* ? (@.type() != "string" && @.type() != "null")'))
    EXECUTE FUNCTION etl_loader.set_state_aside();

-- What was written before it stood.
UPDATE hangfire.job
   SET invocationdata = invocationdata
 WHERE etl_loader.job_refusal(invocationdata, arguments) IS NOT NULL
   AND invocationdata <> '{"Type": "refused", "Method": "refused", "ParameterTypes": "[]"}';
UPDATE hangfire.state
   SET data = data
 WHERE jsonb_typeof(data) <> 'object'
    OR data ?| ARRAY['$type', '$value', '$values', '$id', '$ref']
    OR jsonb_path_exists(data, '$.* ? (@.type() != "string" && @.type() != "null")');
