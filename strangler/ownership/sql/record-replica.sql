-- Remembers where the rows of a capability are copied to.
INSERT INTO strangler.replica (capability, system_identifier, database, subscription_oid)
VALUES (:'capability', :'systemIdentifier', :'database', :'subscription')
ON CONFLICT (capability) DO UPDATE
SET system_identifier = excluded.system_identifier, database = excluded.database,
    subscription_oid = excluded.subscription_oid
