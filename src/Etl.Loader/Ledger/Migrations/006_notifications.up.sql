-- Events of lanes and deliveries have no load; what came before is told to nobody: nobody sent anything before this step.
ALTER TABLE etl_loader.outbox
    ALTER COLUMN load_id DROP NOT NULL,
    ADD COLUMN once      text CHECK (length(once) <= 1000),
    ADD COLUMN details   json,
    ADD COLUMN spread_at timestamptz,
    ADD COLUMN body      text;
COMMENT ON COLUMN etl_loader.outbox.once IS 'For events that several processes notice: the first of them tells it.';
COMMENT ON COLUMN etl_loader.outbox.details IS 'Of an event without load: what the notification says.';
COMMENT ON COLUMN etl_loader.outbox.spread_at IS 'When it was given to the webhooks that want it.';
COMMENT ON COLUMN etl_loader.outbox.body IS 'The notification as it is sent, the same with each try.';
UPDATE etl_loader.outbox SET spread_at = now(), sent_at = now() WHERE sent_at IS NULL;
CREATE UNIQUE INDEX outbox_once ON etl_loader.outbox (once) WHERE once IS NOT NULL;
CREATE INDEX outbox_to_spread ON etl_loader.outbox (id) WHERE spread_at IS NULL;
CREATE INDEX outbox_open ON etl_loader.outbox (id) WHERE spread_at IS NOT NULL AND sent_at IS NULL;
CREATE INDEX outbox_sent ON etl_loader.outbox (sent_at) WHERE sent_at IS NOT NULL;
DROP INDEX etl_loader.outbox_to_send;

CREATE TABLE etl_loader.deliveries (
    outbox_id     bigint      NOT NULL REFERENCES etl_loader.outbox ON DELETE CASCADE,
    webhook       text        NOT NULL CHECK (length(webhook) BETWEEN 1 AND 200),
    attempts      integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_try_at   timestamptz,
    claimed_until timestamptz,
    sent_at       timestamptz,
    given_up_at   timestamptz,
    last_error    text        CHECK (length(last_error) <= 1000),
    PRIMARY KEY (outbox_id, webhook),
    CONSTRAINT deliveries_open_or_ended CHECK ((next_try_at IS NULL) = (sent_at IS NOT NULL OR given_up_at IS NOT NULL))
);
COMMENT ON TABLE etl_loader.deliveries IS 'One row for each notification and webhook that wants it, until the notification goes.';
COMMENT ON COLUMN etl_loader.deliveries.claimed_until IS 'A sender has it until then; one that died has it no longer.';
CREATE INDEX deliveries_due ON etl_loader.deliveries (webhook, next_try_at) WHERE next_try_at IS NOT NULL;
