-- name: schema_version
SELECT max(version)
FROM etl_loader.migrations
WHERE component = 'target';

-- name: record_migration
INSERT INTO etl_loader.migrations (component, version, name, applied_at)
VALUES ('target', $1, $2, $3);

-- name: read_lane
SELECT name, installation, epoch
FROM etl_loader.lane;

-- name: create_lane
INSERT INTO etl_loader.lane (name, installation, epoch)
VALUES ($1, $2, CAST($3 AS BIGINT) + 1);

-- name: raise_epoch
UPDATE etl_loader.lane
SET epoch = greatest(epoch, $1) + 1;

-- name: read_epoch
SELECT epoch
FROM etl_loader.lane
WHERE name = $1;
