-- Tells a database who it is. One that was restored from a copy of itself is somebody else than before.
INSERT INTO strangler.identity (side, system_identifier, database, database_oid)
SELECT :'side', system_identifier::text, datname, oid FROM pg_control_system(), pg_database
WHERE datname = current_database()
ON CONFLICT (only_row) DO UPDATE
SET database_oid = excluded.database_oid, incarnation = excluded.incarnation
WHERE identity.database_oid <> excluded.database_oid
