-- name: lock
SELECT pg_advisory_xact_lock($1)

-- name: registry_exists
SELECT to_regclass('etl_loader.migrations') IS NOT NULL

-- name: create_registry
CREATE SCHEMA IF NOT EXISTS etl_loader;
CREATE TABLE IF NOT EXISTS etl_loader.migrations (
    component  text NOT NULL,
    version    int NOT NULL,
    name       text NOT NULL,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (component, version)
)

-- name: applied
SELECT version, checksum
FROM etl_loader.migrations
WHERE component = $1

-- name: record
INSERT INTO etl_loader.migrations (component, version, name, checksum)
VALUES ($1, $2, $3, $4)
