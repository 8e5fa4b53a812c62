-- name: claim_lane
-- From here on this process reports; the lane's epoch is still the former holder's.
INSERT INTO etl_loader.lane_status (target, holder, holder_id, session_name, silent_after, heartbeat_at)
VALUES (@target, @holder, @holder_id, @session_name, @silent_after, now())
    ON CONFLICT (target) DO UPDATE
   SET holder = excluded.holder,
       holder_id = excluded.holder_id,
       session_name = excluded.session_name,
       silent_after = excluded.silent_after,
       heartbeat_at = now(),
       waits_for = NULL,
       waits_since = NULL

-- name: take_lane
INSERT INTO etl_loader.lane_status (target, holder, holder_id, epoch, heartbeat_at)
VALUES (@target, @holder, @holder_id, @epoch, now())
    ON CONFLICT (target) DO UPDATE
   SET holder = excluded.holder,
       holder_id = excluded.holder_id,
       epoch = greatest(lane_status.epoch, excluded.epoch),
       heartbeat_at = now(),
       waits_for = NULL,
       waits_since = NULL

-- name: close_attempts
-- What the lane's former holder had begun and not reported the end of: it died, or lives and has been replaced.
WITH closed AS (
    UPDATE etl_loader.attempts AS a
       SET finished_at = now(), outcome = CASE WHEN @gone THEN 'crashed' ELSE 'fenced' END
      FROM etl_loader.load AS l
     WHERE l.target = @target
       AND l.finished_at IS NULL
       AND a.load_id = l.load_id
       AND a.finished_at IS NULL
)
UPDATE etl_loader.load
   SET status = 'queued',
       kills = kills + CASE WHEN @killed THEN 1 ELSE 0 END,
       waits_for = NULL
 WHERE target = @target
   AND status = 'loading'

-- name: has_published
-- Whether the target has ever taken a load: then it is not a new one.
SELECT EXISTS (SELECT FROM etl_loader.load WHERE target = @target AND status = 'loaded')

-- name: heartbeat
-- Each beat writes what the lane waits for now, so that nothing outlives its end that could not be taken back while this database was away.
UPDATE etl_loader.lane_status
   SET heartbeat_at = now(),
       waits_for = @waits_for,
       waits_since = CASE WHEN @waits_for IS NOT NULL THEN coalesce(waits_since, now()) END
 WHERE target = @target
   AND holder_id = @holder_id
RETURNING paused_at IS NOT NULL AS paused, pause_now

-- name: say_locked_out
-- No one reports the lane: what is said here stands until a loader claims it.
INSERT INTO etl_loader.lane_status (target, waits_for, waits_since)
VALUES (@target, @waits_for, now())
    ON CONFLICT (target) DO UPDATE
   SET waits_for = excluded.waits_for,
       waits_since = CASE WHEN lane_status.waits_for = excluded.waits_for THEN lane_status.waits_since ELSE excluded.waits_since END

-- name: ask
-- As the heartbeat, for a moment when only the answer matters: with every load.
SELECT paused_at IS NOT NULL AS paused, pause_now
  FROM etl_loader.lane_status
 WHERE target = @target
   AND holder_id = @holder_id

-- name: release_lane
UPDATE etl_loader.lane_status
   SET holder = NULL,
       holder_id = NULL,
       waits_for = NULL,
       waits_since = NULL
 WHERE target = @target
   AND holder_id = @holder_id

-- name: find_epoch
SELECT epoch
  FROM etl_loader.lane_status
 WHERE target = @target

-- name: say_reconciled
UPDATE etl_loader.lane_status
   SET reconciled = @reconciled,
       reconciled_at = CASE WHEN @reconciled IS NOT NULL THEN now() END
 WHERE target = @target

-- name: find_holder
-- A holder is alive while it reports; none of its sessions is left once it is gone, or when the server was restarted under it.
SELECT holder,
       holder_id,
       extract(epoch FROM now() - heartbeat_at)::double precision AS silent_seconds,
       silent_after,
       EXISTS (SELECT FROM pg_stat_activity AS a WHERE a.datname = current_database() AND a.application_name = s.session_name) AS connected,
       pg_postmaster_start_time() > heartbeat_at AS cut,
       EXISTS (SELECT FROM etl_loader.load AS l WHERE l.target = s.target AND l.status = 'loading') AS loading
  FROM etl_loader.lane_status AS s
 WHERE target = @target
   AND holder_id IS NOT NULL
