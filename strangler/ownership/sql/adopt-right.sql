-- No step of ownership: the one that could grant it is gone. The guard stands again in the same transaction.
ALTER TABLE :"schema".ownership DISABLE TRIGGER strangler_guard;
UPDATE :"schema".ownership SET epoch = epoch + 1, owner = :'side', state = 'ACTIVE', target = NULL;
ALTER TABLE :"schema".ownership ENABLE ALWAYS TRIGGER strangler_guard
