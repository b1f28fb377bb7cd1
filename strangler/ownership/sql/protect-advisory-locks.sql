-- Whoever holds the fence's lock keeps the right where it is: nobody but replication itself may take advisory locks here.
-- What PUBLIC was allowed is written down, for the day when the last capability is stopped.
CREATE TABLE IF NOT EXISTS strangler.revoked (function regprocedure PRIMARY KEY);
DO $$
DECLARE
  locking regprocedure;
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    RETURN;
  END IF;
  FOR locking IN
    SELECT oid FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^pg_(try_)?advisory_(xact_)?lock'
      AND has_function_privilege('public', oid, 'EXECUTE')
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', locking);
    INSERT INTO strangler.revoked VALUES (locking);
  END LOOP;
END
$$
