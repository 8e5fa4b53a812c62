-- Triggers that cannot be renamed once they are taken, since their inbox is only read: what tells each from the next delivery under its name stands here.
-- No foreign key to the load: as long as the trigger may lie there, it must be known as taken, whatever becomes of the load's row.

CREATE TABLE etl_loader.taken_triggers (
    inbox       text        NOT NULL CHECK (length(inbox) BETWEEN 1 AND 200),
    id          bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    path        text        NOT NULL,
    bytes       bigint      NOT NULL CHECK (bytes >= 0),
    modified_at timestamptz NOT NULL,
    inode       bigint      NOT NULL,
    sha256      text        NOT NULL CHECK (length(sha256) IN (0, 64)),
    load_id     uuid        NOT NULL,
    taken_at    timestamptz NOT NULL DEFAULT now(),
    gone_at     timestamptz,
    PRIMARY KEY (inbox, id),
    -- Of all who see a trigger at once, whatever their number, one inserts it.
    CONSTRAINT taken_triggers_once UNIQUE (inbox, path, bytes, modified_at, inode, sha256)
);
COMMENT ON TABLE etl_loader.taken_triggers IS 'Triggers that became loads in inboxes with Markers none. A row goes when its file has been gone for Loader:Retention:TakenTriggers.';
COMMENT ON COLUMN etl_loader.taken_triggers.path IS 'Of the trigger, inside the inbox.';
COMMENT ON COLUMN etl_loader.taken_triggers.inode IS 'The 64 bits that the file system tells, as a signed number.';
COMMENT ON COLUMN etl_loader.taken_triggers.sha256 IS 'Of the trigger''s content; empty where that could not be read.';
COMMENT ON COLUMN etl_loader.taken_triggers.gone_at IS 'When a watcher first found another file or none under the path; null: it lies there.';
