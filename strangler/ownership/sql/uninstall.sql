-- Removes all that list-installed finds, but for the fences of the capability's own tables: those were taken down before.
DROP PUBLICATION IF EXISTS :"publication";

DO $$
DECLARE
  target regclass;
  locking regprocedure;
BEGIN
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
  DROP FUNCTION IF EXISTS strangler.:"fence"(), strangler.:"applyFence"();
  -- What other capabilities of this database still need stays.
  IF NOT EXISTS (SELECT FROM pg_publication WHERE pubname LIKE 'strangler\_%') THEN
    IF to_regclass('strangler.revoked') IS NOT NULL THEN
      FOR locking IN SELECT function FROM strangler.revoked LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', locking);
      END LOOP;
    END IF;
    DROP SCHEMA IF EXISTS strangler CASCADE;
  ELSIF to_regclass('strangler.identity') IS NOT NULL THEN
    -- What was promised of this one is not kept any more, and no promise says of which capability it is.
    UPDATE strangler.identity SET incarnation = DEFAULT;
  END IF;
END
$$;
