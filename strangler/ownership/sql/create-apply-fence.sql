-- The fence in front of replicated changes: nobody but this side writes what it owns. What passes by replication without
-- being the owner's has been written past the other side's fence, and stops the stream instead of reaching the owner.
CREATE OR REPLACE FUNCTION strangler.:"applyFence"() RETURNS trigger
LANGUAGE plpgsql
-- A subscription applies as the owner of the table, who need not be able to read who owns.
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- Before the first copy there is no such row, and a replica has no right that anything could hurt.
  IF EXISTS (SELECT FROM ONLY :"schema".ownership, strangler.identity WHERE owner = side) THEN
    RAISE EXCEPTION '% of %.% is refused: this side owns it', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'SH002',
            HINT = 'It was written past the fence of the side that does not own. Undo it there, and skip it here.';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END
$$
