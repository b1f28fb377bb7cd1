-- How often workers of a subscription have failed.
SELECT (apply_error_count + sync_error_count)::float8 AS errors
FROM pg_stat_subscription_stats
WHERE subid = (
  SELECT oid FROM pg_subscription
  WHERE subname = :'name' AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
)
