-- A statement on the products goes through where this side owns them, and nowhere else.
CREATE FUNCTION goods.fence() RETURNS trigger LANGUAGE plpgsql
-- A row lock takes more than the right to look, and a table of the caller's own is not to be looked at.
SECURITY DEFINER SET search_path = goods, pg_catalog, pg_temp
AS $$
DECLARE
  seen record;
BEGIN
  -- Until the transaction ends: whoever drains waits for all who have passed.
  PERFORM pg_advisory_xact_lock_shared(fence_lock());
  IF current_setting('transaction_isolation') = 'read committed' THEN
    -- Each statement has a snapshot of its own, and this one is taken after the lock.
    SELECT owner, epoch, state INTO seen FROM ownership;
  ELSE
    -- The snapshot may be older than a drain: where the row has changed since, this is a serialization failure.
    SELECT owner, epoch, state INTO seen FROM ownership FOR SHARE;
  END IF;
  IF (seen.owner = me() AND seen.state = 'ACTIVE') IS NOT TRUE THEN
    RAISE EXCEPTION 'the products are not written here now'
      USING ERRCODE = 'SH001',
            DETAIL = json_build_object('owner', seen.owner, 'epoch', seen.epoch, 'state', seen.state);
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER fence BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON goods.products
  FOR EACH STATEMENT EXECUTE FUNCTION goods.fence();
