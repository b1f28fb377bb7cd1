-- This database is the side that it was copied from, and a new one: nobody is promised what was seen in the other.
UPDATE strangler.identity
SET system_identifier = control.system_identifier::text, database = datname, database_oid = pg_database.oid, incarnation = DEFAULT
FROM pg_control_system() AS control, pg_database
WHERE datname = current_database() AND side = :'side'
  AND (identity.system_identifier, identity.database, identity.database_oid)
    IS DISTINCT FROM (control.system_identifier::text, datname, pg_database.oid)
RETURNING side
