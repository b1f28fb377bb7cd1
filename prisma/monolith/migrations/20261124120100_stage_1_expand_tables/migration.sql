-- Resumable: each table is moved in a transaction of its own, and one that has moved is left alone.
--
-- Moves the tables into the schemas of their modules. No row is touched: a table's name changes, and in the same
-- moment a view appears under the old one, through which the release before reads, writes and locks the same rows.
DO $$
DECLARE
  move text[];
BEGIN
  FOREACH move SLICE 1 IN ARRAY ARRAY[
    -- schema, name so far, name in the schema
    ['carts', 'cart_items', 'cart_items'],
    ['carts', 'carts_idempotency_keys', 'idempotency_keys'],
    ['catalog', 'categories', 'categories'],
    ['catalog', 'products', 'products'],
    ['catalog', 'catalog_idempotency_keys', 'idempotency_keys'],
    ['customers', 'customers', 'customers'],
    ['customers', 'sign_in_tallies', 'sign_in_tallies'],
    ['customers', 'customers_idempotency_keys', 'idempotency_keys'],
    ['inventory', 'inventory_idempotency_keys', 'idempotency_keys'],
    ['orders', 'orders', 'orders'],
    ['orders', 'order_items', 'order_items'],
    ['payments', 'payments', 'payments']
  ] LOOP
    CONTINUE WHEN to_regclass(format('%I.%I', move[1], move[3])) IS NOT NULL;
    CALL public.patiently(format(
      'ALTER TABLE public.%2$I SET SCHEMA %1$I;
       CREATE VIEW public.%2$I AS SELECT * FROM %1$I.%2$I',
      move[1], move[2]
    ) || CASE WHEN move[2] = move[3] THEN '' ELSE format(
      ';
       ALTER TABLE %1$I.%2$I RENAME TO %3$I;
       ALTER INDEX %1$I.%4$I RENAME TO %5$I;
       ALTER INDEX %1$I.%6$I RENAME TO %7$I',
      move[1], move[2], move[3],
      move[2] || '_pkey', move[3] || '_pkey',
      move[2] || '_created_at_idx', move[3] || '_created_at_idx'
    ) END);
    COMMIT;
  END LOOP;
END $$;
