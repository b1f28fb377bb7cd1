-- Where this is: cluster, database, and its oid. None of them changes while a session lasts, so a session's plans may
-- keep it: to look it up for each statement costs more than the rest of the fence.
CREATE OR REPLACE FUNCTION strangler.place() RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (
    SELECT concat_ws(' ', system_identifier, datname, pg_database.oid)
    FROM pg_control_system(), pg_database WHERE datname = current_database()
  );
END
$$;
REVOKE ALL ON FUNCTION strangler.place() FROM PUBLIC
