-- Resumable: what has been copied is passed over.
--
-- Copies the stock of the products that no sale has touched since the trigger stands, a batch at a time, each in a
-- transaction of its own. It never waits for a sale for long: two that wait for each other's rows would end in a
-- deadlock. After each batch it rests for as long as that took, so that customers have the server to themselves half of
-- the time.
DO $$
DECLARE
  size CONSTANT int := 2000;
  last uuid := '00000000-0000-0000-0000-000000000000';
  reached uuid;
  passed bigint := 0;
  begun timestamptz;
BEGIN
  LOOP
    begun := clock_timestamp();
    BEGIN
      PERFORM set_config('lock_timeout', '20ms', true);
      WITH batch AS MATERIALIZED (
        SELECT id, on_hand, reserved FROM catalog.products WHERE id > last ORDER BY id LIMIT size
      ), copied AS (
        INSERT INTO inventory.stock_copy (product_id, on_hand, reserved)
        SELECT id, on_hand, reserved FROM batch WHERE on_hand <> 0 OR reserved <> 0
        ON CONFLICT (product_id) DO NOTHING
      )
      SELECT id INTO reached FROM batch ORDER BY id DESC LIMIT 1;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM pg_sleep(0.02);
      CONTINUE;
    END;
    EXIT WHEN reached IS NULL;
    COMMIT;
    PERFORM pg_sleep_for(clock_timestamp() - begun);
    last := reached;
    passed := passed + size;
    IF passed % 100000 = 0 THEN
      RAISE NOTICE 'the stock of % products is copied', passed;
    END IF;
  END LOOP;
END $$;
