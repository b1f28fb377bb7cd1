-- Whether all that a database showed when it gave out a position is to be seen here. Unknown is no. Of the other side
-- that is told by its heartbeat, which is applied after all that was committed before it; and not by the progress of its
-- origin, which PostgreSQL advances before what was applied is to be seen.
CREATE OR REPLACE FUNCTION strangler.has_reached(capability_schema text, wanted text) RETURNS boolean
LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  parts text[] := regexp_match(wanted, '^([0-9a-f]{32})~([1-9][0-9]{0,17})~([0-9A-F]{1,8}/[0-9A-F]{1,8})$');
  self record;
  reached boolean;
BEGIN
  SELECT * INTO self FROM strangler.self();
  IF parts IS NULL OR self.incarnation IS NULL OR NOT strangler.has_installed(capability_schema) THEN
    RETURN false;
  END IF;
  IF parts[1] = self.incarnation THEN
    -- What was not written yet was never given out.
    RETURN parts[3]::pg_lsn <= pg_current_wal_insert_lsn();
  END IF;
  -- A table that is being copied, or is not subscribed, lacks rows that the heartbeat has overtaken. It is looked at in
  -- the same snapshot as the heartbeat, since the function is STABLE.
  IF EXISTS (
    SELECT FROM pg_class LEFT JOIN pg_subscription_rel ON srrelid = pg_class.oid
    WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = capability_schema) AND relkind = 'r'
      AND srsubstate IS DISTINCT FROM 'r'
  ) THEN
    RETURN false;
  END IF;
  EXECUTE format(
    -- An ownership arrives after all that was written under the one before.
    'SELECT epoch > $1 OR epoch = $1 AND position >= $2
     FROM ONLY %1$I.ownership, ONLY %1$I.heartbeat WHERE side <> $3 AND incarnation = $4', capability_schema)
    INTO reached USING parts[2]::bigint, parts[3]::pg_lsn, self.side, parts[1];
  RETURN coalesce(reached, false);
END
$$;
GRANT USAGE ON SCHEMA strangler TO PUBLIC;
GRANT EXECUTE ON FUNCTION strangler.has_reached(text, text) TO PUBLIC
