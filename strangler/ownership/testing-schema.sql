-- A capability's tables with all that makes replication hard: composite keys, generated columns, values out of line,
-- partitions, an enum, a foreign key, a table without rows. Both sides of a test's pair have it.
CREATE SCHEMA catalog;
CREATE TYPE catalog.mood AS ENUM ('plain', 'fancy');
CREATE TABLE catalog.categories (slug text PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE catalog.products (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  description text NOT NULL,
  category_slug text NOT NULL REFERENCES catalog.categories,
  price numeric NOT NULL,
  attributes jsonb,
  mood catalog.mood NOT NULL DEFAULT 'plain',
  archived_at timestamptz,
  -- Incompressible and large: kept out of line, and not sent again by an update that leaves it alone.
  picture bytea,
  all_words tsvector GENERATED ALWAYS AS (to_tsvector('english', name || ' ' || description)) STORED,
  label text GENERATED ALWAYS AS (upper(name)) VIRTUAL
);
ALTER TABLE catalog.products ALTER COLUMN picture SET STORAGE EXTERNAL;
CREATE INDEX ON catalog.products USING gin (all_words);
CREATE TABLE catalog.prices (
  product_id uuid NOT NULL REFERENCES catalog.products ON DELETE CASCADE,
  currency char(3) NOT NULL,
  valid_from timestamptz NOT NULL,
  amount numeric(12, 4),
  PRIMARY KEY (product_id, currency, valid_from)
);
CREATE TABLE catalog.stock_by_region (region text, sku int, quantity int, PRIMARY KEY (region, sku)) PARTITION BY LIST (region);
CREATE TABLE catalog.stock_eu PARTITION OF catalog.stock_by_region FOR VALUES IN ('eu');
CREATE TABLE catalog.stock_us PARTITION OF catalog.stock_by_region FOR VALUES IN ('us');
-- No primary key, but a replica identity.
CREATE TABLE catalog.notes (number int, note text);
ALTER TABLE catalog.notes REPLICA IDENTITY FULL;
CREATE TABLE catalog.never_filled (id uuid PRIMARY KEY);
