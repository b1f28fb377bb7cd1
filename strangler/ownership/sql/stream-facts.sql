-- Which tables stand here, with their triggers; which are published, and which are subscribed, with their states; and
-- what tells the subscription from another of its name, with what it has met so far.
WITH received AS (
  SELECT * FROM pg_subscription
  WHERE subname = :'subscription' AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
)
SELECT
  (SELECT coalesce(jsonb_agg(jsonb_build_object('table', relname, 'partitioned', relkind = 'p', 'triggers', (
     SELECT coalesce(jsonb_object_agg(tgname, tgenabled), '{}') FROM pg_trigger
     WHERE tgrelid = pg_class.oid AND tgname LIKE 'strangler\_%' AND NOT tgisinternal)) ORDER BY relname), '[]')
   FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(:'schema')) AND relkind IN ('r', 'p')) AS standing,
  (SELECT coalesce(jsonb_agg(tablename ORDER BY tablename), '[]')
   FROM pg_publication_tables WHERE pubname = :'publication') AS published,
  (SELECT coalesce(jsonb_object_agg(relname, srsubstate), '{}')
   FROM pg_subscription_rel JOIN received ON received.oid = srsubid JOIN pg_class ON pg_class.oid = srrelid) AS subscribed,
  (SELECT jsonb_build_object('oid', received.oid, 'enabled', subenabled, 'slot', subslotname,
                             'met', to_jsonb(stats) - 'stats_reset')
   FROM received LEFT JOIN pg_stat_subscription_stats AS stats ON stats.subid = received.oid) AS subscription
