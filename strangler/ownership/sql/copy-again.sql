-- Empties a subscribed table, and makes it as one that was never copied. Its subscription has to be disabled.
-- Under an origin, or what is deleted here would be sent back and deleted at the sender.
SET LOCAL session_replication_role = replica;
SET LOCAL strangler.repair = on;
SELECT pg_replication_origin_create(:'origin')
WHERE NOT EXISTS (SELECT FROM pg_replication_origin WHERE roname = :'origin');
SELECT pg_replication_origin_session_setup(:'origin');
DELETE FROM :"schema".:"table";
UPDATE pg_subscription_rel SET srsubstate = 'i', srsublsn = NULL
FROM pg_subscription
WHERE pg_subscription.oid = srsubid AND srrelid = ':"schema".:"table"'::regclass AND subname = :'name'
  AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database());
-- Its worker makes it anew, and would not find it made already.
SELECT pg_replication_origin_drop(roname) FROM pg_replication_origin
WHERE roname IN (
  SELECT 'pg_' || oid || '_' || to_regclass(':"schema".:"table"')::oid FROM pg_subscription WHERE subname = :'name'
)
