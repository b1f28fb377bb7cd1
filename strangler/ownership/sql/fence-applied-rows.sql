-- Whatever applies a stream fires row triggers, and those of statements for TRUNCATE alone.
CREATE OR REPLACE TRIGGER strangler_apply_fence BEFORE INSERT OR UPDATE OR DELETE ON :"schema".:"table"
  FOR EACH ROW EXECUTE FUNCTION strangler.:"applyFence"();
CREATE OR REPLACE TRIGGER strangler_apply_fence_truncate BEFORE TRUNCATE ON :"schema".:"table"
  FOR EACH STATEMENT EXECUTE FUNCTION strangler.:"applyFence"();
ALTER TABLE :"schema".:"table"
  ENABLE REPLICA TRIGGER strangler_apply_fence, ENABLE REPLICA TRIGGER strangler_apply_fence_truncate
