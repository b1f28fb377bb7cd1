-- The tables that are copied and have not caught up, each with the slot at the sender that it catches up from, and
-- whether a worker is at it.
SELECT relname AS "table",
       'pg_' || srsubid || '_sync_' || srrelid || '_' || (SELECT system_identifier FROM pg_control_system()) AS slot,
       EXISTS (SELECT FROM pg_stat_subscription WHERE subid = srsubid AND relid = srrelid) AS "hasWorker"
FROM pg_subscription_rel
JOIN pg_subscription ON pg_subscription.oid = srsubid
JOIN pg_class ON pg_class.oid = srrelid
WHERE subname = :'name' AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND srsubstate = 'f'
