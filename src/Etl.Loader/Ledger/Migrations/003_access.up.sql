-- What one process signed (a login, a form's token) every other accepts, since any replica answers.
CREATE TABLE etl_loader.signing_keys (
    name      text        PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
    element   text        NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE etl_loader.signing_keys IS 'Keys of the dashboard''s logins. Whoever reads them can forge one: grant people the views they need, not this table.';

-- The server knows better than a client under which role it writes. Rows from before did not record it, hence the two steps.
ALTER TABLE etl_loader.audit ADD COLUMN database_role text;
ALTER TABLE etl_loader.audit ALTER COLUMN database_role SET DEFAULT session_user;
COMMENT ON COLUMN etl_loader.audit.database_role IS 'The role of the connection that wrote the row; null before it was recorded.';

UPDATE etl_loader.audit AS a
   SET target = l.target
  FROM etl_loader.load AS l
 WHERE a.load_id = l.load_id
   AND a.target IS NULL;
CREATE INDEX audit_by_target ON etl_loader.audit (target, id) WHERE target IS NOT NULL;
CREATE INDEX audit_by_actor ON etl_loader.audit (actor, id);
