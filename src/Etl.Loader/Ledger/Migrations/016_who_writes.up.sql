-- Who writes the audit says what was done; when, and under which role, the server says. A role's column grants do not stop the owner of a table.
CREATE FUNCTION etl_loader.stamp_audit() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    new.at := now();
    new.database_role := session_user;
    RETURN new;
END
$$;
CREATE TRIGGER audit_stamped BEFORE INSERT ON etl_loader.audit
    FOR EACH ROW EXECUTE FUNCTION etl_loader.stamp_audit();

-- Who only accepts gives a load its first job. Another one is for roles that may also change the load's status.
CREATE FUNCTION etl_loader.refuse_other_job() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = format('role %s may not give load %s another job', current_user, old.load_id);
END
$$;
CREATE TRIGGER load_keeps_its_job BEFORE UPDATE OF job_id ON etl_loader.load
    FOR EACH ROW WHEN (old.job_id IS DISTINCT FROM new.job_id AND old.job_id IS NOT NULL
                       AND NOT has_column_privilege(current_user, 'etl_loader.load', 'status', 'UPDATE'))
    EXECUTE FUNCTION etl_loader.refuse_other_job();
