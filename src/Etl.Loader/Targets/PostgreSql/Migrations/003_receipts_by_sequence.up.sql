-- Asked whenever the lane changes hands: does the ledger know the newest of them.
CREATE INDEX receipts_newest ON etl_loader.receipts (sequence) INCLUDE (load_id);
