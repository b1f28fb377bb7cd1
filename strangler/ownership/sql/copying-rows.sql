-- Copies under way, and the rows that they have brought so far.
SELECT relname AS "table", tuples_processed::float8 AS rows
FROM pg_stat_progress_copy
JOIN pg_class ON pg_class.oid = relid
WHERE datname = current_database() AND command = 'COPY FROM'
  AND relnamespace = to_regnamespace(quote_ident(:'schema'))
