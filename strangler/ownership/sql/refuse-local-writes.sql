-- The service's tables are written by replication alone, until ownership can move. Replication passes a trigger
-- that is neither ALWAYS nor REPLICA; everybody else does not, the tables' owner included.
CREATE OR REPLACE FUNCTION strangler.refuse_local_writes() RETURNS trigger
LANGUAGE plpgsql
-- Whoever writes need not be able to read who owns.
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  ownership record;
BEGIN
  EXECUTE format('SELECT owner, epoch, state FROM %I.ownership', TG_TABLE_SCHEMA) INTO ownership;
  RAISE EXCEPTION '%.% is not written here: this is a replica', TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'SH001',
          -- Before the first copy there is no row, and every field is null.
          DETAIL = json_build_object('owner', ownership.owner, 'epoch', ownership.epoch, 'state', ownership.state),
          HINT = 'Write at the owner.';
END
$$;

DO $$
DECLARE
  target regclass;
BEGIN
  FOR target IN
    SELECT oid FROM pg_class
    WHERE relnamespace = quote_ident(:'schema')::regnamespace AND relkind IN ('r', 'p') AND relname <> 'heartbeat'
      -- To create it anew would wait for a copy that is under way.
      AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND tgname = 'strangler_refuse_local_writes')
  LOOP
    EXECUTE format(
      'CREATE TRIGGER strangler_refuse_local_writes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s
       FOR EACH STATEMENT EXECUTE FUNCTION strangler.refuse_local_writes()', target);
  END LOOP;
END
$$;
