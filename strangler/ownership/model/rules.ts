// What the model takes from the real thing, and the ways to spoil it: each must be found by the explorer.
import * as transitions from '../transitions.ts';
import type { ScenarioName } from './scenarios.ts';

/** The transitions themselves, and how PostgreSQL and the coordinator use them. */
export interface Rules extends Pick<
  typeof transitions,
  'drain' | 'abort' | 'grant' | 'isConfirmed' | 'isSame' | 'mayWrite' | 'mayApply' | 'mayApplyRight'
> {
  /** A drain waits for those who have passed the fence. */
  readonly drainWaits: boolean;
  /** The fence does not believe a snapshot that is older than the row. */
  readonly distrustsSnapshots: boolean;
  /** The right is granted by the stream, and not by writing it at the target. */
  readonly grantsInStream: boolean;
  /** No grant before the target has applied the drain. */
  readonly confirmsDrain: boolean;
  /** What was confirmed is on the target's disk: a crash would take copied tables back to where they began. */
  readonly flushesTarget: boolean;
  /** No grant before every table of the target takes the stream. */
  readonly checksTables: boolean;
  /** The slot goes when the receiver has on disk what it holds, and not when it shows it. */
  readonly dropsAfterFlush: boolean;
}

export const RULES: Rules = {
  ...transitions,
  drainWaits: true,
  distrustsSnapshots: true,
  grantsInStream: true,
  confirmsDrain: true,
  flushesTarget: true,
  checksTables: true,
  dropsAfterFlush: true,
};

const withoutAttempt: Partial<Rules> = {
  drain: (row, target) => {
    const next = transitions.drain(row, target);
    return next && { ...next, attempt: row.attempt };
  },
  // The real one would refuse a drain that counts nothing.
  mayApplyRight: (me, before, after) =>
    before === undefined || before.state !== 'ACTIVE' || before.owner === me
      ? transitions.mayApplyRight(me, before, after)
      : after.state === 'DRAINING' && after.epoch === before.epoch && after.owner === before.owner,
};

export interface Mutant {
  readonly rules: Rules;
  /** Where it shows soonest. */
  readonly scenario: ScenarioName;
}

const mutant = (scenario: ScenarioName, changed: Partial<Rules>): Mutant => ({
  rules: { ...RULES, ...changed },
  scenario,
});

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'no isolation check in the fence': mutant('snapshots older than the right', { distrustsSnapshots: false }),
  'no attempt counter': mutant('a table that comes later', withoutAttempt),
  'a grant out of band': mutant('there and back, with two coordinators', { grantsInStream: false }),
  'a grant before every table is ready': mutant('the first copy', { checksTables: false }),
  'a confirmation that a crash of the target takes back': mutant('the first copy', { flushesTarget: false }),
  'a slot that is dropped before the receiver has flushed': mutant('completed, with crashes', {
    dropsAfterFlush: false,
  }),
  'no fence in front of replicated changes': mutant('a superuser beside it', {
    mayApply: () => true,
    mayApplyRight: () => true,
  }),
  'no fence in front of replicated data': mutant('a superuser beside it', { mayApply: () => true }),
  'a drain that does not wait for who has passed': mutant('there and back, with two coordinators', {
    drainWaits: false,
  }),
  'no fence in front of local writes': mutant('there and back, with two coordinators', {
    mayWrite: (_me, row) => row !== undefined,
  }),
  'a drain that leaves the fence open': mutant('there and back, with two coordinators', {
    mayWrite: (me, row) => row?.owner === me,
  }),
};
