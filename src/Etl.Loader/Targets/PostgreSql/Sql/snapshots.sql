-- name: running
-- Every transaction holds a lock on its virtual id, and everyone may see these locks, no matter who runs the transaction.
SELECT l.virtualtransaction
FROM pg_locks AS l
WHERE l.locktype = 'virtualxid' AND l.mode = 'ExclusiveLock' AND l.granted AND l.pid <> pg_backend_pid()

-- name: still_reading
-- Those of the given transactions that may still hold a snapshot in this database. Where the session's details are hidden from us, it may.
SELECT DISTINCT format('process %s (%s%s)', l.pid, coalesce(a.usename, 'unknown user'), coalesce(', ' || nullif(a.application_name, ''), ''))
FROM pg_locks AS l
LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'virtualxid' AND l.mode = 'ExclusiveLock' AND l.granted
  AND l.virtualtransaction = ANY ($1)
  AND coalesce(a.datname, current_database()) = current_database()
  AND coalesce(a.backend_type, 'client backend') IN ('client backend', 'parallel worker')
  AND (a.state IS NULL OR a.backend_xmin IS NOT NULL)
ORDER BY 1
