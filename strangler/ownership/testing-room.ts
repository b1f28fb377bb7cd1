// For tests: moves ownership with room for a machine that is busy, so that no outcome hangs on how fast it is.
import { moveOwnership, type MoveOptions } from './move-ownership.ts';
import type { Replica, Side } from './replica.ts';

const MINUTE_MS = 60_000;
export const BUSY = { heartbeatMs: MINUTE_MS, transactionMs: MINUTE_MS };
const ROOM = {
  bounds: BUSY,
  holdDeadlineMs: MINUTE_MS,
  drainDeadlineMs: MINUTE_MS,
} as const;

export const moveWithRoom = (replica: Replica, target: Side, options: MoveOptions = {}) =>
  moveOwnership(replica, target, { ...ROOM, ...options });
