-- Removes all that list-installed finds.
DROP PUBLICATION IF EXISTS :"publication";

DO $$
DECLARE
  target regclass;
BEGIN
  FOR target IN
    SELECT tgrelid FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE tgname = 'strangler_refuse_local_writes' AND relnamespace = to_regnamespace(quote_ident(:'schema'))
  LOOP
    EXECUTE format('DROP TRIGGER strangler_refuse_local_writes ON %s', target);
  END LOOP;

  FOR target IN
    SELECT oid FROM pg_class
    WHERE relnamespace = to_regnamespace(quote_ident(:'schema')) AND relname IN ('ownership', 'heartbeat')
      AND obj_description(oid, 'pg_class') LIKE 'strangler: %'
  LOOP
    EXECUTE format('DROP TABLE %s', target);
  END LOOP;

  IF to_regclass('strangler.replica') IS NOT NULL THEN
    EXECUTE format('DELETE FROM strangler.replica WHERE capability = %L', :'capability');
  END IF;
  -- What other capabilities of this database still need stays.
  IF NOT EXISTS (SELECT FROM pg_publication WHERE pubname LIKE 'strangler\_%') THEN
    DROP SCHEMA IF EXISTS strangler CASCADE;
  ELSIF to_regclass('strangler.identity') IS NOT NULL THEN
    -- What was promised of this one is not kept any more, and no promise says of which capability it is.
    UPDATE strangler.identity SET incarnation = DEFAULT;
  END IF;
END
$$;
