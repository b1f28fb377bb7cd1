-- Granted when everybody who has passed the fence has ended; whoever comes meanwhile waits for it.
SELECT pg_advisory_xact_lock(hashtextextended('strangler fence ' || :'schema', 0))
