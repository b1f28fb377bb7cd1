-- Resumable: each step is a transaction of its own, and finds out by itself that it has been done.
--
-- The inventory gets its table, and the carts get theirs, while both releases may run at once.
DO $migration$
BEGIN
  -- Until the contract the stock stands where it always stood, in two columns of the product, and only there: the
  -- new release reaches the same rows, and the same locks, through a view that is named as its table will be.
  CREATE OR REPLACE VIEW inventory.stock AS SELECT id AS product_id, on_hand, reserved FROM catalog.products;

  -- The table that will take the view's place. Until then it follows the columns.
  CREATE TABLE IF NOT EXISTS inventory.stock_copy (
    product_id UUID NOT NULL,
    on_hand INTEGER NOT NULL DEFAULT 0,
    reserved INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT stock_pkey PRIMARY KEY (product_id),
    CONSTRAINT stock_check CHECK ("reserved" >= 0 AND "on_hand" >= "reserved")
  );
  CREATE OR REPLACE FUNCTION inventory.copy_stock() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO inventory.stock_copy (product_id, on_hand, reserved) VALUES (NEW.id, NEW.on_hand, NEW.reserved)
    ON CONFLICT (product_id) DO UPDATE SET on_hand = excluded.on_hand, reserved = excluded.reserved;
    RETURN NULL;
  END $$;

  -- What the carts lock from now on. The release before locks the customer's row instead: until the contract, whoever
  -- locks the one has locked the other.
  CREATE TABLE IF NOT EXISTS carts.carts (
    customer_id UUID NOT NULL,
    CONSTRAINT carts_pkey PRIMARY KEY (customer_id)
  );
  CREATE OR REPLACE FUNCTION carts.lock_customer() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM FROM customers.customers WHERE id = NEW.customer_id FOR NO KEY UPDATE;
    RETURN NEW;
  END $$;
  CREATE OR REPLACE TRIGGER lock_customer BEFORE INSERT ON carts.carts
    FOR EACH ROW EXECUTE FUNCTION carts.lock_customer();
  COMMIT;

  CALL public.patiently('CREATE OR REPLACE TRIGGER copy_stock_of_new AFTER INSERT ON catalog.products
    FOR EACH ROW WHEN (NEW.on_hand <> 0 OR NEW.reserved <> 0) EXECUTE FUNCTION inventory.copy_stock()');
  COMMIT;
  CALL public.patiently('CREATE OR REPLACE TRIGGER copy_stock AFTER UPDATE OF on_hand, reserved ON catalog.products
    FOR EACH ROW EXECUTE FUNCTION inventory.copy_stock()');
  COMMIT;
END $migration$;
