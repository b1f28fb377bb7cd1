-- Who this database is; nothing where it is not the one that its identity was made for.
CREATE OR REPLACE FUNCTION strangler.self(OUT incarnation text, OUT side text) RETURNS SETOF record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN QUERY
    SELECT identity.incarnation, identity.side
    FROM strangler.identity, pg_control_system() AS control, pg_database
    WHERE datname = current_database()
      AND identity.system_identifier = control.system_identifier::text
      AND identity.database = datname AND identity.database_oid = pg_database.oid
      AND NOT pg_is_in_recovery();
END
$$
