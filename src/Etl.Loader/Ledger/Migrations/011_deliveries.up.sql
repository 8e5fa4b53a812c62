-- By what a producer finds its own delivery again, among others of the same name.

ALTER TABLE etl_loader.load
    ADD COLUMN delivery text CHECK (length(delivery) BETWEEN 1 AND 100);
COMMENT ON COLUMN etl_loader.load.delivery IS 'The id that the producer wrote into its trigger; null where it wrote none, and where another load of the inbox had it already.';

-- A second trigger with the same id is refused by name: neither load could be told from the other.
CREATE UNIQUE INDEX load_by_delivery ON etl_loader.load (inbox, delivery) WHERE delivery IS NOT NULL;
