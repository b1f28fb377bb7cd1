-- The fence in front of local writes: whoever writes takes a shared lock, and passes if this side owns by then. Who takes
-- the right away waits for that lock, so everything that passed is committed before the right is gone.
CREATE OR REPLACE FUNCTION strangler.:"fence"() RETURNS trigger
LANGUAGE plpgsql
-- Whoever writes can neither read who owns nor take the lock by itself.
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  seen record;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('strangler fence ' || :'schema', 0));
  -- The side is that of the database for which it was written down, and nobody's in a copy that is somewhere else.
  IF current_setting('transaction_isolation') LIKE 'read %' THEN
    -- Of a snapshot taken after the lock. A row lock would cost every transaction a multixact.
    SELECT owner, epoch, state, side INTO seen
    FROM ONLY :"schema".ownership
    LEFT JOIN strangler.identity ON concat_ws(' ', system_identifier, database, database_oid) = strangler.place();
  ELSE
    -- The transaction's snapshot may be older than the lock: it is not believed where the row has changed since (40001).
    SELECT owner, epoch, state, side INTO seen
    FROM ONLY :"schema".ownership
    LEFT JOIN strangler.identity ON concat_ws(' ', system_identifier, database, database_oid) = strangler.place()
    FOR SHARE OF ownership;
  END IF;
  IF seen.state = 'ACTIVE' AND seen.owner = seen.side THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '%.% is not written here now', TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'SH001',
          -- Before the first copy there is no row, and every field is null.
          DETAIL = json_build_object('owner', seen.owner, 'epoch', seen.epoch, 'state', seen.state),
          HINT = 'Write at the owner.';
END
$$
