-- Gives what an earlier version installed the columns of positions. Only where they are missing: the lock that adding
-- takes would wait for a copy that is under way. Until both sides have them, workers fail, and are started again.
DO $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = 'strangler.identity'::regclass AND attname = 'incarnation'
  ) THEN
    ALTER TABLE strangler.identity
      ADD COLUMN database_oid oid NOT NULL DEFAULT 0,
      ADD COLUMN incarnation text NOT NULL DEFAULT replace(gen_random_uuid()::text, '-', '');
  END IF;
  IF NOT EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = format('%I.heartbeat', :'schema')::regclass AND attname = 'position'
  ) THEN
    EXECUTE format('ALTER TABLE %I.heartbeat ADD COLUMN position pg_lsn, ADD COLUMN incarnation text', :'schema');
  END IF;
END
$$
