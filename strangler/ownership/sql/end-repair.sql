-- Leaves nothing behind.
SELECT pg_replication_origin_session_reset();
SELECT pg_replication_origin_drop(:'origin')
