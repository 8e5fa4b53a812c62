-- name: take_triggers
-- Anyone who waits here for another's uncommitted row does so in the order of the paths, so that two batches do not wait for each other.
INSERT INTO etl_loader.taken_triggers (inbox, path, bytes, modified_at, inode, sha256, load_id)
SELECT n.inbox, n.path, n.bytes, n.modified_at, n.inode, n.sha256, n.load_id
  FROM unnest(@inboxes, @paths, @bytes, @modified, @inodes, @hashes, @load_ids) AS n (inbox, path, bytes, modified_at, inode, sha256, load_id)
 ORDER BY n.inbox, n.path, n.modified_at, n.inode, n.bytes, n.sha256
    ON CONFLICT ON CONSTRAINT taken_triggers_once DO NOTHING
RETURNING load_id

-- name: find_taken
SELECT n.place
  FROM unnest(@paths, @bytes, @modified, @inodes, @hashes) WITH ORDINALITY AS n (path, bytes, modified_at, inode, sha256, place)
  JOIN etl_loader.taken_triggers AS t
    ON t.inbox = @inbox
   AND t.path = n.path
   AND t.bytes = n.bytes
   AND t.modified_at = n.modified_at
   AND t.inode = n.inode
   AND t.sha256 = n.sha256

-- name: list_taken
-- One that was found gone is looked at again when its time is over; until then no one asks the file system for it.
SELECT id,
       path,
       bytes,
       modified_at,
       inode,
       sha256,
       gone_at IS NOT NULL AS gone
  FROM etl_loader.taken_triggers
 WHERE inbox = @inbox
   AND id > @after
   AND (gone_at IS NULL OR gone_at <= now() - @kept)
 ORDER BY id
 LIMIT @limit

-- name: note_there
UPDATE etl_loader.taken_triggers
   SET gone_at = NULL
 WHERE inbox = @inbox
   AND id = ANY (@ids)

-- name: forget_gone
-- Only what was found gone twice, the second time after the whole retention.
DELETE FROM etl_loader.taken_triggers
 WHERE inbox = @inbox
   AND id = ANY (@ids)
   AND gone_at <= now() - @kept

-- name: note_gone
UPDATE etl_loader.taken_triggers
   SET gone_at = now()
 WHERE inbox = @inbox
   AND id = ANY (@ids)
   AND gone_at IS NULL
