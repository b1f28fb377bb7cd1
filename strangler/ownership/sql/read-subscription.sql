-- A subscription of this database.
SELECT oid, subenabled AS enabled, subslotname AS slot
FROM pg_subscription
WHERE subname = :'name' AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
