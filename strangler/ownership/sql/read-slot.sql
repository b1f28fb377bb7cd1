-- How far a slot's reader is behind, and what is kept on disk for it.
SELECT active,
       coalesce(wal_status, 'lost') AS "walStatus",
       greatest(coalesce(pg_current_wal_lsn() - confirmed_flush_lsn, 0), 0)::float8 AS "lagBytes",
       greatest(coalesce(pg_current_wal_lsn() - restart_lsn, 0), 0)::float8 AS "retainedBytes",
       safe_wal_size::float8 AS "safeBytes"
FROM pg_replication_slots
WHERE slot_name = :'name' AND database = current_database()
