-- A name is folded where it is a word of its own. As a part of longer words it tore them (table book: "a work…"), and failed loads of one cause stood apart.
--
-- A name that has a letter and something that prose has not (a digit, '_', '.', '/': orders_2, orders.csv) is folded wherever it stands as a word.
-- A name of letters alone, or of digits alone, may be a word of the message as well (table empty: "The file is empty."). It is folded only where it is
-- meant as a name, as our messages, PostgreSQL's and DuckDB's write them; what stands in quotes is folded anyway:
--   a dataset  at the beginning or behind a '/':                  orders is no text; made by in/orders
--   a table    beside a '.', or behind what kind of thing it is:  sales.orders, orders.amount, permission denied for table orders
--
-- The name is exchanged for a character that no text has, so that no name is ever a part of a pattern: nothing is to be escaped, and the patterns, being
-- always the same, are compiled once a session. In a pattern W stands for what words are made of: the ranges hold letters of all scripts, since \w knows only
-- those of ASCII in a database with the locale C.

-- Dropped instead of replaced: after roles.sql the schema belongs to the role that migrates, but a function to whoever made it; to drop it the schema suffices.
DROP FUNCTION etl_loader.fold_error(text, text, text);

CREATE FUNCTION etl_loader.fold_name(told text, name text, meant text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
           WHEN name <> '' AND strpos(told, name) > 0 THEN
                replace(
                  regexp_replace(
                    replace(told, name, E'\x01'),
                    replace(
                      CASE
                      WHEN name ~ '[a-zA-Z\u0080-\U0010ffff]' AND name ~ '[^- a-zA-Z\u0080-\U0010ffff]' THEN '(?<![W])\u0001(?![W])'
                      ELSE meant
                      END,
                      'W', '\u0001_0-9A-Za-z\u00aa\u00b5\u00ba\u00c0-\u1fff\u2c00-\u2fff\u3005-\U0010ffff'),
                    '…', 'g'),
                  E'\x01', name)
           ELSE told
           END
$$;
COMMENT ON FUNCTION etl_loader.fold_name(text, text, text) IS 'The text without the name, where it stands as a word; a name that may be prose only where the pattern says that it is meant.';

-- Names, quoted values, ids and numbers differ from load to load; what is left of the text is the cause.
CREATE FUNCTION etl_loader.fold_error(error text, dataset text, table_name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
             regexp_replace(
               regexp_replace(
                 etl_loader.fold_name(
                   etl_loader.fold_name(
                     etl_loader.fold_name(translate(left(error, 1000), E'\x01', ''), dataset, '(?<=^|/)\u0001(?![W])'),
                     regexp_replace(dataset, '^.*/', ''), '(?<=^|/)\u0001(?![W])'),
                   table_name,
                   '(?<=[W"…]\.|\m(?:for|of|on|drop|modify) (?:table|view|relation) |\mwith name )\u0001(?![W])|(?<![W])\u0001(?=\.[W"])'),
                 '''[^'']*''|"[^"]*"|“[^”]*”', '…', 'g'),
               '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|\S+\.(csv|tsv|txt|jsonl?|ndjson|parquet|gz|zst)\y', '…', 'g'),
             '[0-9]+([.,:][0-9]+)*', '#', 'g')
$$;

-- Loads that fail from now on must meet their like of before. Most causes stay, and their rows are not written; a load that is requeued meanwhile has none.
WITH folded AS MATERIALIZED (
    SELECT load_id, etl_loader.cause_of(fault, error, dataset, table_name) AS cause
      FROM etl_loader.load
     WHERE status = 'failed'
       AND error IS NOT NULL
)
UPDATE etl_loader.load AS l
   SET cause = f.cause
  FROM folded AS f
 WHERE l.load_id = f.load_id
   AND l.status = 'failed'
   AND l.cause IS DISTINCT FROM f.cause;
