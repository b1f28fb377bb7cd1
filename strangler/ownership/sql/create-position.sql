-- What this database shows by now of a capability, as text that the other side can compare itself with:
-- incarnation~epoch~lsn. Null where it cannot be told.
CREATE OR REPLACE FUNCTION strangler.position(capability_schema text) RETURNS text
LANGUAGE plpgsql STABLE
-- Whoever reads rows need not be able to read who owns them.
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  incarnation text := (SELECT self.incarnation FROM strangler.self());
  epoch text;
BEGIN
  IF incarnation IS NULL OR NOT strangler.has_installed(capability_schema) THEN
    RETURN NULL;
  END IF;
  EXECUTE format('SELECT epoch FROM ONLY %I.ownership', capability_schema) INTO epoch;
  -- Up to where the log is written in memory, and not where it is flushed: a commit that does not wait for the disk is
  -- seen before.
  RETURN incarnation || '~' || epoch || '~' || pg_current_wal_insert_lsn();
END
$$;
GRANT USAGE ON SCHEMA strangler TO PUBLIC;
GRANT EXECUTE ON FUNCTION strangler.position(text) TO PUBLIC
