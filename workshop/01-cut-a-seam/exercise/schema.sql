-- The module's tables.
CREATE SCHEMA wishlists;
CREATE TABLE wishlists.wishes (
  customer_id uuid NOT NULL,
  product_id uuid NOT NULL REFERENCES catalog.products,
  wished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (customer_id, product_id)
);
