-- name: insert_loads
-- The order of the arrays is the order of acceptance: identity values are drawn after the sort.
INSERT INTO etl_loader.load (load_id, inbox, dataset, target, table_schema, table_name, mode, priority, status, stage, spec, bytes_total,
                             delivery, finished_at, error, hint, fault, cause)
SELECT n.load_id, n.inbox, n.dataset, n.target, n.table_schema, n.table_name, n.mode, n.priority,
       CASE WHEN n.error IS NULL THEN 'queued' ELSE 'failed' END,
       'accepted', n.spec::json, n.bytes_total, n.delivery,
       CASE WHEN n.error IS NULL THEN NULL ELSE now() END,
       n.error, n.hint,
       CASE WHEN n.error IS NULL THEN NULL ELSE 'refused' END,
       CASE WHEN n.error IS NULL THEN NULL ELSE etl_loader.cause_of('refused', n.error, n.dataset, n.table_name) END
  FROM unnest(@load_ids, @inboxes, @datasets, @targets, @table_schemas, @table_names, @modes, @priorities, @specs, @bytes, @deliveries, @errors, @hints)
       WITH ORDINALITY AS n (load_id, inbox, dataset, target, table_schema, table_name, mode, priority, spec, bytes_total, delivery, error, hint, place)
 ORDER BY n.place
    ON CONFLICT (load_id) DO NOTHING
RETURNING load_id, status

-- name: find_deliveries
SELECT inbox, delivery, load_id
  FROM etl_loader.load
 WHERE (inbox, delivery) IN (SELECT n.inbox, n.delivery FROM unnest(@inboxes, @deliveries) AS n (inbox, delivery))

-- name: insert_refusals_outbox
INSERT INTO etl_loader.outbox (load_id, event)
SELECT load_id, 'failed'
  FROM unnest(@load_ids) AS refused (load_id)

-- name: audit_accepted
INSERT INTO etl_loader.audit (actor, action, reason, load_id, target, details)
SELECT n.actor, 'accept', n.reason, n.load_id, n.target, n.details
  FROM unnest(@actors, @reasons, @load_ids, @targets, @details) AS n (actor, reason, load_id, target, details)

-- name: store_jobs
UPDATE etl_loader.load AS l
   SET job_id = j.job_id
  FROM unnest(@load_ids, @job_ids) AS j (load_id, job_id)
 WHERE l.load_id = j.load_id

-- name: find_statuses
SELECT load_id, status
  FROM etl_loader.load
 WHERE load_id = ANY (@load_ids)

-- name: is_reachable
SELECT EXISTS (SELECT FROM etl_loader.installation)

-- name: installation
SELECT id
  FROM etl_loader.installation

-- name: register_inbox
INSERT INTO etl_loader.inboxes (name, id)
VALUES (@name, @id)
    ON CONFLICT (name) DO NOTHING

-- name: find_inbox
SELECT id
  FROM etl_loader.inboxes
 WHERE name = @name

-- name: report_watcher
INSERT INTO etl_loader.watchers (host, process_id, inbox, mode, state, last_event_at, last_scan_at, oldest_waiting_at, version, silent_after, reported_at)
VALUES (@host, @process_id, @inbox, @mode, @state, @last_event_at, @last_scan_at, @oldest_waiting_at, @version, @silent_after, now())
    ON CONFLICT (host, process_id, inbox) DO UPDATE
   SET mode = excluded.mode,
       state = excluded.state,
       last_event_at = excluded.last_event_at,
       last_scan_at = excluded.last_scan_at,
       oldest_waiting_at = excluded.oldest_waiting_at,
       version = excluded.version,
       silent_after = excluded.silent_after,
       reported_at = excluded.reported_at

-- name: forget_watchers
-- A watcher that died a day ago shows no one anything; where another one has watched its inbox since, an hour is enough.
DELETE FROM etl_loader.watchers
 WHERE reported_at < now() - interval '1 day'
    OR (inbox = @inbox AND reported_at < now() - interval '1 hour')

-- name: withdraw_watcher
DELETE FROM etl_loader.watchers
 WHERE host = @host
   AND process_id = @process_id
   AND inbox = @inbox
