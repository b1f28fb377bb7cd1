-- The module's tables. Which products there are, the catalog knows: no foreign key crosses the line.
CREATE SCHEMA wishlists;
CREATE TABLE wishlists.wishes (
  customer_id uuid NOT NULL,
  product_id uuid NOT NULL,
  wished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (customer_id, product_id)
);
