-- name: registry_exists
SELECT to_regclass('etl_loader.migrations') IS NOT NULL

-- name: create_registry
-- Shared with targets in the same database, each under its own component; hence IF NOT EXISTS.
CREATE SCHEMA IF NOT EXISTS etl_loader;
CREATE TABLE IF NOT EXISTS etl_loader.migrations (
    component  text        NOT NULL,
    version    integer     NOT NULL,
    name       text        NOT NULL,
    checksum   text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (component, version)
)

-- name: applied
SELECT component, version, checksum
  FROM etl_loader.migrations
 WHERE component IN (@component, @needs)
 ORDER BY component, version

-- name: record
INSERT INTO etl_loader.migrations (component, version, name, checksum)
VALUES (@component, @version, @name, @checksum)
