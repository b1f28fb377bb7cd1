-- The monolith owns at first. Both heartbeats begin here, so that the first copy carries them to the service, and
-- neither side ever inserts one that the other has as well.
CREATE TABLE IF NOT EXISTS strangler.replica (
  capability text PRIMARY KEY,
  -- Which subscription at which cluster the rows are copied to: the slots that the copying makes carry both.
  system_identifier text NOT NULL,
  database text NOT NULL,
  subscription_oid oid NOT NULL
);
INSERT INTO :"schema".ownership (epoch, attempt, owner, state)
SELECT 1, 0, 'monolith', 'ACTIVE' WHERE NOT EXISTS (SELECT FROM :"schema".ownership);
INSERT INTO :"schema".heartbeat (side, beat, beat_at)
VALUES ('monolith', 0, clock_timestamp()), ('service', 0, clock_timestamp())
ON CONFLICT DO NOTHING;
