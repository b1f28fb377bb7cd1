-- Nobody changes who owns but the owner, and by one of the steps of transitions.ts: drain, abort, grant. It holds for
-- what is replicated as for what is written here, by whomever.
CREATE OR REPLACE FUNCTION strangler.guard_ownership() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  replicated boolean := current_setting('session_replication_role') = 'replica';
  me text := (SELECT self.side FROM strangler.self());
  writer text := CASE WHEN me = 'monolith' AND replicated OR me = 'service' AND NOT replicated
                      THEN 'service' WHEN me IS NOT NULL THEN 'monolith' END;
  other text;
BEGIN
  IF NOT replicated AND TG_OP IN ('UPDATE', 'DELETE') AND OLD.owner IS DISTINCT FROM writer THEN
    RAISE EXCEPTION '%.% is not written here now', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'SH001', HINT = 'Write at the owner.',
            DETAIL = json_build_object('owner', OLD.owner, 'epoch', OLD.epoch, 'state', OLD.state);
  ELSIF TG_OP IN ('DELETE', 'TRUNCATE') THEN
    -- A repair begins the copy of this table again; no stream can say so.
    IF replicated AND current_setting('strangler.repair', true) = 'on' THEN
      RETURN OLD;
    END IF;
  ELSIF TG_OP = 'INSERT' THEN
    IF NEW.owner = writer AND (replicated
      OR (NEW.epoch, NEW.attempt, NEW.state, NEW.target) IS NOT DISTINCT FROM (1, 0, 'ACTIVE', NULL)) THEN
      RETURN NEW;
    END IF;
  ELSE
    other := CASE OLD.owner WHEN 'monolith' THEN 'service' ELSE 'monolith' END;
    IF OLD.owner = writer AND (
      OLD.state = 'ACTIVE' AND (NEW.epoch, NEW.attempt, NEW.owner, NEW.state, NEW.target)
        IS NOT DISTINCT FROM (OLD.epoch, OLD.attempt + 1, OLD.owner, 'DRAINING', other)
      OR OLD.state = 'DRAINING' AND (NEW.epoch, NEW.attempt, NEW.owner, NEW.state, NEW.target)
        IS NOT DISTINCT FROM (OLD.epoch, OLD.attempt, OLD.owner, 'ACTIVE', NULL)
      OR OLD.state = 'DRAINING' AND (NEW.epoch, NEW.attempt, NEW.owner, NEW.state, NEW.target)
        IS NOT DISTINCT FROM (OLD.epoch + 1, OLD.attempt, OLD.target, 'ACTIVE', NULL)
    ) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '% of %.% is no step of ownership', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'SH002';
END
$$;
REVOKE ALL ON FUNCTION strangler.guard_ownership() FROM PUBLIC
