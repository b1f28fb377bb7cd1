-- For how long the oldest transaction of this database has been open, and how many are prepared.
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start) * 1000), 0)::float8 AS oldest,
       (SELECT count(*)::int FROM pg_prepared_xacts WHERE database = current_database()) AS prepared
FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
