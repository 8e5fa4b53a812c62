-- A cookie is good by itself until it is too old. Who signs out ends the login, on all processes and wherever the cookie has been copied to.
CREATE TABLE etl_loader.ended_sessions (
    id         uuid        PRIMARY KEY,
    ended_at   timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CHECK (expires_at > ended_at)
);
COMMENT ON TABLE etl_loader.ended_sessions IS 'Logins of the dashboard that were ended by signing out. A row goes once the cookie would have been too old anyway.';
