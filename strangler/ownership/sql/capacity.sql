-- What replication takes of a cluster: how much of it there is, and how much is in use.
WITH process AS (SELECT backend_type FROM pg_stat_activity)
SELECT current_setting('wal_level') AS wal_level,
       current_setting('max_sync_workers_per_subscription')::int AS copiers,
       jsonb_build_object(
         'max_replication_slots', jsonb_build_array(
           current_setting('max_replication_slots')::int, (SELECT count(*) FROM pg_replication_slots)),
         'max_wal_senders', jsonb_build_array(
           current_setting('max_wal_senders')::int,
           (SELECT count(*) FROM process WHERE backend_type = 'walsender')),
         'max_logical_replication_workers', jsonb_build_array(
           current_setting('max_logical_replication_workers')::int,
           (SELECT count(*) FROM process WHERE backend_type LIKE 'logical replication % worker')),
         'max_active_replication_origins', jsonb_build_array(
           current_setting('max_active_replication_origins')::int, (SELECT count(*) FROM pg_replication_origin)),
         'max_worker_processes', jsonb_build_array(
           current_setting('max_worker_processes')::int,
           (SELECT count(*) FROM process WHERE backend_type LIKE 'logical replication %'
              OR backend_type LIKE 'parallel worker'))
       ) AS settings
