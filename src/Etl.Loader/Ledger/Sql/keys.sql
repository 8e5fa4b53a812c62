-- name: read_keys
SELECT element
  FROM etl_loader.signing_keys
 ORDER BY stored_at, name

-- name: lock_keys
-- Two processes that start on an empty table would each make a key, and neither would know the other's for a day.
LOCK TABLE etl_loader.signing_keys IN SHARE ROW EXCLUSIVE MODE

-- name: store_key
-- A key that another process made just before serves both: the caller reads again what is stored.
INSERT INTO etl_loader.signing_keys (name, element)
SELECT @name, @element
 WHERE NOT EXISTS (
       SELECT
         FROM etl_loader.signing_keys
        WHERE stored_at > now() - interval '1 hour'
          AND element LIKE '<key %')

-- name: store_element
INSERT INTO etl_loader.signing_keys (name, element)
VALUES (@name, @element)
    ON CONFLICT (name) DO NOTHING
