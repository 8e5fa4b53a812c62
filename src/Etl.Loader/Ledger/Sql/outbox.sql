-- name: take_unspread
-- One process spreads an event; the others leave it alone meanwhile.
SELECT o.id, o.event, o.at, o.details, o.at < now() - @give_up_after AS too_old, o.load_id, l.inbox, l.dataset, l.target,
       CASE WHEN l.table_schema IS NULL THEN l.table_name ELSE l.table_schema || '.' || l.table_name END AS table_name,
       l.attempt, l.rows_loaded, l.rows_rejected, l.bytes_total, l.accepted_at, l.finished_at, l.error, l.error_line, l.hint
  FROM etl_loader.outbox AS o
  LEFT JOIN etl_loader.load AS l USING (load_id)
 WHERE o.spread_at IS NULL
   AND o.at <= now() - @settled
 ORDER BY o.id
 LIMIT @limit
   FOR UPDATE OF o SKIP LOCKED

-- name: spread
WITH spread AS (
    UPDATE etl_loader.outbox AS o
       SET spread_at = now(),
           body = s.body,
           sent_at = CASE WHEN s.body IS NULL THEN now() END
      FROM unnest(@ids, @bodies) AS s (id, body)
     WHERE o.id = s.id
)
INSERT INTO etl_loader.deliveries (outbox_id, webhook, next_try_at)
SELECT d.id, d.webhook, now()
  FROM unnest(@delivery_ids, @webhooks) AS d (id, webhook)

-- name: tell_once
-- Several processes notice it; the index lets the first of them report.
INSERT INTO etl_loader.outbox (event, once, details)
VALUES (@event, @once, @details::json)
    ON CONFLICT (once) WHERE once IS NOT NULL DO NOTHING

-- name: claim
-- A claim that was seen free and is taken by now is looked at again under its lock, and left alone.
WITH due AS MATERIALIZED (
    SELECT outbox_id, webhook
      FROM etl_loader.deliveries
     WHERE webhook = @webhook
       AND next_try_at <= now()
       AND (claimed_until IS NULL OR claimed_until < now())
     ORDER BY next_try_at, outbox_id
     LIMIT 1
       FOR UPDATE SKIP LOCKED
)
UPDATE etl_loader.deliveries AS d
   SET attempts = d.attempts + 1,
       claimed_until = now() + @lease
  FROM due, etl_loader.outbox AS o
 WHERE d.outbox_id = due.outbox_id
   AND d.webhook = due.webhook
   AND o.id = due.outbox_id
RETURNING d.outbox_id, d.attempts, o.event, o.load_id, o.body

-- name: delivered
-- Anyone who claimed it again meanwhile reports the end.
UPDATE etl_loader.deliveries
   SET sent_at = now(),
       next_try_at = NULL,
       claimed_until = NULL,
       last_error = NULL
 WHERE outbox_id = @outbox_id
   AND webhook = @webhook
   AND attempts = @attempt
   AND next_try_at IS NOT NULL

-- name: failed
UPDATE etl_loader.deliveries AS d
   SET claimed_until = NULL,
       last_error = @error,
       next_try_at = CASE WHEN o.at >= now() - @give_up_after THEN now() + @pause END,
       given_up_at = CASE WHEN o.at < now() - @give_up_after THEN now() END
  FROM etl_loader.outbox AS o
 WHERE d.outbox_id = @outbox_id
   AND d.webhook = @webhook
   AND d.attempts = @attempt
   AND d.next_try_at IS NOT NULL
   AND o.id = d.outbox_id
RETURNING d.given_up_at IS NOT NULL

-- name: hurry
-- The receiver is back: what waits for it waits no longer.
UPDATE etl_loader.deliveries
   SET next_try_at = now()
 WHERE webhook = @webhook
   AND next_try_at > now()

-- name: expire
-- Also those of a webhook that is no longer configured.
UPDATE etl_loader.deliveries AS d
   SET next_try_at = NULL,
       claimed_until = NULL,
       given_up_at = now()
  FROM etl_loader.outbox AS o
 WHERE d.next_try_at < now() - interval '1 hour'
   AND o.id = d.outbox_id
   AND o.at < now() - @give_up_after

-- name: close
UPDATE etl_loader.outbox AS o
   SET sent_at = now()
 WHERE o.spread_at IS NOT NULL
   AND o.sent_at IS NULL
   AND NOT EXISTS (SELECT FROM etl_loader.deliveries AS d WHERE d.outbox_id = o.id AND d.next_try_at IS NOT NULL)

-- name: forget
DELETE FROM etl_loader.outbox
 WHERE id IN (SELECT id FROM etl_loader.outbox WHERE sent_at < now() - @retention LIMIT 10000)
