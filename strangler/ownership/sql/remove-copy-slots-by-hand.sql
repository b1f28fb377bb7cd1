SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots, strangler.replica
WHERE capability = :'capability' AND slot_name LIKE format('pg\_%s\_sync\_%%', subscription_oid);
