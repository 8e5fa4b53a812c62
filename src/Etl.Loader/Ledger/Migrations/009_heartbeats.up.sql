-- Whether a process that reports is still there is judged here and nowhere else, by the database's clock: each says with its report how long it may be silent.
ALTER TABLE etl_loader.lane_status
    ADD COLUMN silent_after interval NOT NULL DEFAULT interval '12 seconds';
COMMENT ON COLUMN etl_loader.lane_status.silent_after IS 'A holder without a heartbeat for longer no longer serves the lane: Loader:Lane:HolderSilence of its process.';

ALTER TABLE etl_loader.watchers
    ADD COLUMN silent_after interval NOT NULL DEFAULT interval '30 seconds';

-- What a holder said that has fallen silent since is not shown as if it held.
CREATE VIEW etl_loader.lane_service AS
SELECT s.target,
       s.holder,
       s.epoch,
       s.heartbeat_at,
       h.served,
       CASE WHEN s.holder IS NOT NULL AND NOT h.served THEN now() - s.heartbeat_at END AS silent_for,
       s.paused_at,
       s.paused_by,
       s.pause_reason,
       s.pause_now,
       CASE WHEN w.valid THEN s.waits_for END AS waits_for,
       CASE WHEN w.valid THEN s.waits_since END AS waits_since,
       s.reconciled,
       s.reconciled_at
  FROM etl_loader.lane_status AS s
 CROSS JOIN LATERAL (SELECT s.holder IS NOT NULL AND s.heartbeat_at >= now() - s.silent_after AS served) AS h
       -- What a holder said last goes with its silence; what was said after its last beat is a standby's word.
 CROSS JOIN LATERAL (SELECT h.served OR s.heartbeat_at IS NULL OR s.waits_since > s.heartbeat_at AS valid) AS w;
COMMENT ON VIEW etl_loader.lane_service IS 'How each lane is served, by the database''s clock: what verbs, pages, API and metrics show.';

CREATE VIEW etl_loader.watcher_service AS
SELECT w.host,
       w.process_id,
       w.inbox,
       w.mode,
       w.state,
       r.reporting,
       CASE WHEN NOT r.reporting THEN now() - w.reported_at END AS silent_for,
       r.reporting AND w.state = 'watching' AS watching,
       w.last_event_at,
       w.last_scan_at,
       w.oldest_waiting_at,
       w.version,
       w.reported_at
  FROM etl_loader.watchers AS w
 CROSS JOIN LATERAL (SELECT w.reported_at >= now() - w.silent_after AS reporting) AS r;
COMMENT ON VIEW etl_loader.watcher_service IS 'How each inbox is watched, by the database''s clock: what verbs, pages, API and metrics show.';
