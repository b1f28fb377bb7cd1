-- The triggers of replication on the tables of a schema, each with what fires it: O for whoever writes here, R for
-- whatever applies a stream, A for both.
SELECT relname AS "table", relkind = 'p' AS partitioned,
       coalesce(jsonb_object_agg(tgname, tgenabled) FILTER (WHERE tgname IS NOT NULL), '{}') AS triggers
FROM pg_class
LEFT JOIN pg_trigger ON tgrelid = pg_class.oid AND tgname LIKE 'strangler\_%' AND NOT tgisinternal
WHERE relnamespace = to_regnamespace(quote_ident(:'schema')) AND relkind IN ('r', 'p')
GROUP BY relname, relkind ORDER BY relname
