-- What tells one subscription from another of the same name, and what it has met so far.
SELECT pg_subscription.oid, subenabled, subslotname, to_jsonb(stats) - 'stats_reset' AS met
FROM pg_subscription
LEFT JOIN pg_stat_subscription_stats AS stats ON stats.subid = pg_subscription.oid
WHERE pg_subscription.subname = :'name'
  AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
