-- As whatever applies a stream: ordinary triggers do not fire, and what is written has an origin, so that it is not sent on.
SET session_replication_role = replica;
SELECT pg_replication_origin_create(:'origin')
WHERE NOT EXISTS (SELECT FROM pg_replication_origin WHERE roname = :'origin');
SELECT pg_replication_origin_session_setup(:'origin')
