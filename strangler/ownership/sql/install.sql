-- What replication adds to either side. Who this database is lies outside what is published, so that it is never
-- replicated; the right to write and the heartbeats lie inside, so that they travel with the data.
CREATE SCHEMA IF NOT EXISTS strangler;

CREATE TABLE IF NOT EXISTS strangler.identity (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  side text NOT NULL CHECK (side IN ('monolith', 'service')),
  -- A restored copy of this database is somewhere else, and finds here that it is not the one that was meant.
  system_identifier text NOT NULL,
  database text NOT NULL,
  -- One that was restored under its old name has another.
  database_oid oid NOT NULL,
  -- Whoever saw rows here can be promised them again as long as it stays the same.
  incarnation text NOT NULL DEFAULT replace(gen_random_uuid()::text, '-', '')
);

CREATE TABLE IF NOT EXISTS :"schema".ownership (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  epoch bigint NOT NULL CHECK (epoch > 0),
  attempt bigint NOT NULL CHECK (attempt >= 0),
  owner text NOT NULL CHECK (owner IN ('monolith', 'service')),
  state text NOT NULL CHECK (state IN ('ACTIVE', 'DRAINING')),
  target text CHECK (target IN ('monolith', 'service'))
);
COMMENT ON TABLE :"schema".ownership IS 'strangler: who may write the tables of this schema';
-- Whoever may use the schema may know who owns it: a process finds its way by that.
GRANT SELECT ON :"schema".ownership TO PUBLIC;

CREATE TABLE IF NOT EXISTS :"schema".heartbeat (
  side text PRIMARY KEY CHECK (side IN ('monolith', 'service')),
  beat bigint NOT NULL,
  -- By the clock of the side that wrote the row.
  beat_at timestamptz NOT NULL,
  -- In the log of the side that wrote the row, before it was committed: what had been committed by then comes first.
  position pg_lsn,
  incarnation text
) WITH (fillfactor = 10);
COMMENT ON TABLE :"schema".heartbeat IS 'strangler: each side writes its row, and finds the other''s replicated';
