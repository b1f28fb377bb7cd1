-- The tables of a subscription, and how far each of them is.
SELECT relname AS "table",
       CASE srsubstate WHEN 'i' THEN 'waiting' WHEN 'd' THEN 'copying' WHEN 'f' THEN 'copied'
                       WHEN 's' THEN 'catching-up' ELSE 'ready' END AS state
FROM pg_subscription_rel
JOIN pg_subscription ON pg_subscription.oid = srsubid
JOIN pg_class ON pg_class.oid = srrelid
WHERE subname = :'name' AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY 1
