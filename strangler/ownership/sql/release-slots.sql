-- The slots of this database whose names fit, whose readers are sent away.
SELECT slot_name AS name,
       CASE WHEN active_pid IS NOT NULL THEN pg_terminate_backend(active_pid) END
FROM pg_replication_slots
WHERE database = current_database() AND slot_name ~ :'pattern'
