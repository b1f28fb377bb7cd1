-- Whether a subscription reaches its sender in this way; only a superuser may look.
SELECT FROM pg_subscription
WHERE subname = :'name' AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND subconninfo = :'connection'
