-- What the exercise stands on; not to be touched. One table of goods, and one row that says who may write them.
CREATE SCHEMA goods;
CREATE TABLE goods.products (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE goods.ownership (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  epoch bigint NOT NULL,
  owner text NOT NULL CHECK (owner IN ('monolith', 'service')),
  state text NOT NULL CHECK (state IN ('ACTIVE', 'DRAINING'))
);
-- Which side this database is.
CREATE FUNCTION goods.me() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'monolith' $$;
-- Whoever drains takes this lock exclusively, before it changes the row, and holds it until that is committed.
CREATE FUNCTION goods.fence_lock() RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT 3 $$;
