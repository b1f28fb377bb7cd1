ALTER SUBSCRIPTION :"subscription" DISABLE;
ALTER SUBSCRIPTION :"subscription" SET (slot_name = NONE);
DROP SUBSCRIPTION :"subscription";
SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = :'slot';
DROP PUBLICATION :"publication";
DROP TABLE :"schema".ownership, :"schema".heartbeat;
-- Takes the refusal of local writes with it. Not while other capabilities replicate from or to this database:
DROP SCHEMA strangler CASCADE;
