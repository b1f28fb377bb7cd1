-- A statement on the products goes through where this side owns them, and nowhere else.
CREATE FUNCTION goods.fence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  seen record;
BEGIN
  SELECT owner, epoch, state INTO seen FROM ownership;
  IF seen.owner = goods.me() AND seen.state = 'ACTIVE' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'the products are not written here now'
    USING ERRCODE = 'SH001',
          DETAIL = json_build_object('owner', seen.owner, 'epoch', seen.epoch, 'state', seen.state);
END
$$;

CREATE TRIGGER fence BEFORE INSERT OR UPDATE OR DELETE ON goods.products
  FOR EACH STATEMENT EXECUTE FUNCTION goods.fence();
