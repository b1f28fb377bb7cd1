-- Only what replication made itself, and not a table that happens to be called the same.
DO $$
DECLARE
  own regclass;
BEGIN
  FOR own IN
    SELECT oid FROM pg_class
    WHERE relnamespace = to_regnamespace(quote_ident(:'schema')) AND relname IN ('ownership', 'heartbeat')
      AND obj_description(oid, 'pg_class') LIKE 'strangler: %'
  LOOP
    EXECUTE format('DROP TABLE %s', own);
  END LOOP;
END
$$
