-- Where the rows of a capability are copied to.
SELECT system_identifier AS "systemIdentifier", database, subscription_oid AS subscription
FROM strangler.replica WHERE capability = :'capability'
