-- Resumable: each step is a transaction of its own, and finds out by itself that it has been done.
--
-- Takes away what only the release before needs. None of its processes may run any more.
DO $migration$
DECLARE
  step text;
  differing bigint;
BEGIN
  IF to_regclass('inventory.stock_copy') IS NOT NULL THEN
    SELECT count(*) INTO differing
    FROM catalog.products p LEFT JOIN inventory.stock_copy c ON c.product_id = p.id
    WHERE (p.on_hand, p.reserved) <> (coalesce(c.on_hand, 0), coalesce(c.reserved, 0));
    IF differing > 0 THEN
      RAISE EXCEPTION 'the stock of % products differs from its copy: nothing was taken away', differing;
    END IF;
    COMMIT;
    -- Whoever reaches the stock through the view has ended before it goes, and finds the table when it is gone.
    CALL public.patiently('DROP VIEW inventory.stock;
      DROP TRIGGER copy_stock ON catalog.products;
      DROP TRIGGER copy_stock_of_new ON catalog.products;
      ALTER TABLE inventory.stock_copy RENAME TO stock');
    COMMIT;
  END IF;

  FOREACH step IN ARRAY ARRAY[
    'ALTER TABLE carts.cart_items DROP CONSTRAINT IF EXISTS cart_items_customer_id_fkey',
    'ALTER TABLE carts.cart_items DROP CONSTRAINT IF EXISTS cart_items_product_id_fkey',
    'ALTER TABLE orders.orders DROP CONSTRAINT IF EXISTS orders_customer_id_fkey',
    'ALTER TABLE orders.order_items DROP CONSTRAINT IF EXISTS order_items_product_id_fkey',
    'ALTER TABLE payments.payments DROP CONSTRAINT IF EXISTS payments_order_id_fkey',
    -- Only the foreign keys needed them.
    'DROP INDEX IF EXISTS carts.cart_items_product_id_idx',
    'DROP INDEX IF EXISTS orders.order_items_product_id_idx',
    'DROP VIEW IF EXISTS public.cart_items, public.carts_idempotency_keys, public.categories, public.products,
       public.catalog_idempotency_keys, public.customers, public.sign_in_tallies, public.customers_idempotency_keys,
       public.inventory_idempotency_keys, public.orders, public.order_items, public.payments',
    -- With the operators for them.
    'DROP DOMAIN IF EXISTS public.role, public.order_status, public.order_step, public.payment_status CASCADE',
    'ALTER TABLE catalog.products DROP COLUMN IF EXISTS on_hand, DROP COLUMN IF EXISTS reserved',
    'DROP FUNCTION IF EXISTS inventory.copy_stock()',
    'DROP TRIGGER IF EXISTS lock_customer ON carts.carts',
    'DROP FUNCTION IF EXISTS carts.lock_customer()'
  ] LOOP
    CALL public.patiently(step);
    COMMIT;
  END LOOP;
END $migration$;
