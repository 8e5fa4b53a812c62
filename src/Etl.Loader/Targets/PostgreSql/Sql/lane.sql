-- name: settle_session
SELECT
    set_config('statement_timeout', '0', true),
    -- No lock is waited for without an end: while a publish stands, its whole lane does.
    set_config('lock_timeout', $2, true),
    set_config('idle_in_transaction_session_timeout', '0', true),
    -- Rows go to the disk while they are copied, not all at the commit, when readers wait for the table's lock.
    set_config('backend_flush_after', '2MB', true),
    -- A receipt that a crash of the server takes back would be no proof; a chunk may be taken back, with its checkpoint.
    set_config('synchronous_commit', CASE WHEN NOT $1 THEN 'off' WHEN current_setting('synchronous_commit') = 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)

-- name: fence
SELECT epoch
FROM etl_loader.lane
WHERE name = $1
FOR SHARE

-- name: find_epoch
SELECT epoch
FROM etl_loader.lane
WHERE name = $1

-- name: skips_log
SELECT current_setting('wal_level') = 'minimal'

-- name: backend_pid
SELECT pg_backend_pid()

-- name: register
INSERT INTO etl_loader.lane (name, installation, epoch)
VALUES ($1, $2, 0)
ON CONFLICT DO NOTHING

-- name: owner
SELECT name, installation
FROM etl_loader.lane

-- name: end_writers
SELECT pid, pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND starts_with(application_name, $1)
  AND pid <> pg_backend_pid()

-- name: raise
UPDATE etl_loader.lane
SET epoch = greatest(epoch, $3) + 1, holder = $2, taken_at = now()
WHERE name = $1
RETURNING epoch

-- name: short_lock_timeout
SET LOCAL lock_timeout = '500ms'

-- name: find_wait
SELECT wait_event
FROM pg_stat_activity
WHERE pid = $1

-- name: end_backend
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE pid = $1
