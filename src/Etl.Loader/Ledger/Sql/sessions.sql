-- name: end_session
INSERT INTO etl_loader.ended_sessions (id, expires_at)
VALUES (@id, now() + @lasts)
    ON CONFLICT (id) DO NOTHING

-- name: forget_sessions
DELETE FROM etl_loader.ended_sessions
 WHERE expires_at < now()

-- name: ended_sessions
SELECT id
  FROM etl_loader.ended_sessions
 WHERE expires_at >= now()
