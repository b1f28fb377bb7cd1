-- ALWAYS: also where session_replication_role is replica, as in whatever applies a stream.
CREATE OR REPLACE TRIGGER strangler_guard BEFORE INSERT OR UPDATE OR DELETE ON :"schema".ownership
  FOR EACH ROW EXECUTE FUNCTION strangler.guard_ownership();
CREATE OR REPLACE TRIGGER strangler_guard_truncate BEFORE TRUNCATE ON :"schema".ownership
  FOR EACH STATEMENT EXECUTE FUNCTION strangler.guard_ownership();
ALTER TABLE :"schema".ownership
  ENABLE ALWAYS TRIGGER strangler_guard, ENABLE ALWAYS TRIGGER strangler_guard_truncate
