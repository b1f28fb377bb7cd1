-- A local write meets the fence once for each statement; an ordinary trigger, which replication passes.
CREATE OR REPLACE TRIGGER strangler_fence BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON :"schema".:"table"
  FOR EACH STATEMENT EXECUTE FUNCTION strangler.:"fence"()
