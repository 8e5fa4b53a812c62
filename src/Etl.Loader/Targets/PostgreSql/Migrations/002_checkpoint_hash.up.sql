-- What tells whether a part is the same one need not be a SHA-256.
ALTER TABLE etl_loader.checkpoints RENAME COLUMN sha256 TO hash;
