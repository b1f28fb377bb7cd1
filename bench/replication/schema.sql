-- A table like the shop's products, search words included.
CREATE SCHEMA catalog;
CREATE TABLE catalog.products (
  id uuid PRIMARY KEY,
  number int NOT NULL,
  name text NOT NULL,
  description text NOT NULL,
  price int NOT NULL,
  written_at timestamptz,
  all_words tsvector GENERATED ALWAYS AS (to_tsvector('english', name || ' ' || description)) STORED
);
CREATE UNIQUE INDEX ON catalog.products (number);
CREATE INDEX ON catalog.products USING gin (all_words);
