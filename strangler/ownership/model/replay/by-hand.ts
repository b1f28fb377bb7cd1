// What a superuser can do past the fences of a side, and no owner of tables can.
import type { Side } from '../../replica.ts';

/** Past the local fence, and not as replication: it goes out to the other side. */
export const writePastFence = (number: number): string => `
  BEGIN;
  SET LOCAL session_replication_role = replica;
  INSERT INTO catalog.notes VALUES (${number}, 'past the fence');
  COMMIT`;

/** The other side is sent the row with which this side would own. What is undone under an origin stays here. */
export const sendOlderRow = (side: Side): string => `
  BEGIN;
  ALTER TABLE catalog.ownership DISABLE TRIGGER strangler_guard;
  CREATE TEMP TABLE before ON COMMIT DROP AS SELECT * FROM catalog.ownership;
  UPDATE catalog.ownership SET epoch = 1, attempt = 0, owner = '${side}', state = 'ACTIVE', target = NULL;
  SELECT pg_replication_origin_session_setup('replay_${side}');
  UPDATE catalog.ownership
  SET (epoch, attempt, owner, state, target) = (SELECT epoch, attempt, owner, state, target FROM before);
  SELECT pg_replication_origin_session_reset();
  ALTER TABLE catalog.ownership ENABLE ALWAYS TRIGGER strangler_guard;
  COMMIT`;
