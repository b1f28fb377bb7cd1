-- What replication has in this database for a capability, subscriptions and slots aside.
SELECT 'publication ' || pubname AS what FROM pg_publication WHERE pubname = :'publication'
UNION ALL
SELECT format('table %s.%s', :'schema'::text, relname) FROM pg_class
WHERE relnamespace = to_regnamespace(quote_ident(:'schema')) AND relname IN ('ownership', 'heartbeat')
  AND obj_description(oid, 'pg_class') LIKE 'strangler: %'
UNION ALL
SELECT DISTINCT format('fences of %s', tgrelid::regclass) FROM pg_trigger
JOIN pg_class ON pg_class.oid = tgrelid
WHERE tgname LIKE 'strangler\_%' AND NOT tgisinternal AND relnamespace = to_regnamespace(quote_ident(:'schema'))
  AND relname <> 'ownership'
UNION ALL
SELECT 'schema strangler' FROM pg_namespace WHERE nspname = 'strangler'
  AND NOT EXISTS (SELECT FROM pg_publication WHERE pubname LIKE 'strangler\_%' AND pubname <> :'publication')
