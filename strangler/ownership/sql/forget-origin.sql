-- Ends an origin of this session, if it has begun, and removes it, if it is there.
DO $$ BEGIN
  IF pg_replication_origin_session_is_setup() THEN PERFORM pg_replication_origin_session_reset(); END IF;
END $$;
SELECT pg_replication_origin_drop(roname) FROM pg_replication_origin WHERE roname = :'origin'
