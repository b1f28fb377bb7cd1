-- Whether the schema has the tables of replication. Functions that run with their owner's rights read no others: who may
-- make a table could make one that runs code when it is read.
CREATE OR REPLACE FUNCTION strangler.has_installed(capability_schema text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (
    SELECT count(*) = 2 FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner
    WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = capability_schema)
      AND relname IN ('ownership', 'heartbeat') AND relkind = 'r'
      AND (rolsuper OR rolname = current_user)
  );
END
$$
