ALTER SUBSCRIPTION :"subscription" DISABLE;
ALTER SUBSCRIPTION :"subscription" SET (slot_name = NONE);
DROP SUBSCRIPTION :"subscription";
SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = :'slot';
DROP PUBLICATION :"publication";
-- Takes the fences with it. Not while other capabilities replicate from or to this database. Where they do, drop only
-- the triggers called strangler_…, table by table.
DROP SCHEMA strangler CASCADE;
DROP TABLE :"schema".ownership, :"schema".heartbeat;
-- Whoever was allowed it before may take advisory locks again:
GRANT EXECUTE ON FUNCTION
  pg_advisory_lock(bigint), pg_advisory_lock(int, int),
  pg_advisory_lock_shared(bigint), pg_advisory_lock_shared(int, int),
  pg_advisory_xact_lock(bigint), pg_advisory_xact_lock(int, int),
  pg_advisory_xact_lock_shared(bigint), pg_advisory_xact_lock_shared(int, int),
  pg_try_advisory_lock(bigint), pg_try_advisory_lock(int, int),
  pg_try_advisory_lock_shared(bigint), pg_try_advisory_lock_shared(int, int),
  pg_try_advisory_xact_lock(bigint), pg_try_advisory_xact_lock(int, int),
  pg_try_advisory_xact_lock_shared(bigint), pg_try_advisory_xact_lock_shared(int, int)
TO PUBLIC;
