// The life of the right to write, as pure functions: what the coordinator performs, what the triggers in PostgreSQL
// allow (sql/create-guard.sql says the same in SQL, and a test holds it to that), and what the model explores.
//
// The right is one row, and one side holds it: the owner. While it is ACTIVE the owner's fence lets writes pass.
//
//   drain    the owner's fence closes. The commit that closes it comes after all that had passed, so whoever has
//            applied it has applied everything. Each drain counts one attempt.
//   confirm  is no step of the row: the target shows the same attempt, and all its tables take the stream.
//   abort    the owner's fence opens again. Nobody else has gained anything, so it is always safe.
//   grant    the owner names the target as owner, under the next epoch: the point of no return. The target gains the
//            right by applying that commit and in no other way, so it has all that comes before it.
//
// Only the owner changes the row; the other side takes what comes in the stream, step by step, or stops the stream.
import type { Ownership } from './ownership.ts';
import { otherSide, type Side } from './replica.ts';

/** @returns the row after a drain; undefined where it is no such row, or the target owns already. */
export function drain(row: Ownership, target: Side): Ownership | undefined {
  if (row.state !== 'ACTIVE' || row.owner === target) return undefined;
  return { ...row, attempt: row.attempt + 1, state: 'DRAINING', target };
}

/** @returns the row after an abort; undefined where nothing is drained. */
export function abort(row: Ownership): Ownership | undefined {
  if (row.state !== 'DRAINING') return undefined;
  return { ...row, state: 'ACTIVE', target: null };
}

/** @returns the row after a grant; undefined where nothing is drained. */
export function grant(row: Ownership): Ownership | undefined {
  if (row.state !== 'DRAINING' || row.target === null) return undefined;
  return { ...row, epoch: row.epoch + 1, owner: row.target, state: 'ACTIVE', target: null };
}

/** Whether the target has applied this very drain; an earlier attempt's would say nothing of what came since. */
export function isConfirmed(drained: Ownership, atTarget: Ownership | undefined): boolean {
  return atTarget !== undefined && drained.state === 'DRAINING' && isSame(drained, atTarget);
}

/** The fence in front of local writes. @param me undefined for a database that is not the one it was made to be. */
export function mayWrite(me: Side | undefined, row: Ownership | undefined): boolean {
  return row !== undefined && row.owner === me && row.state === 'ACTIVE';
}

/** The fence in front of replicated changes of data; before the first copy there is no row. */
export function mayApply(me: Side, row: Ownership | undefined): boolean {
  return row?.owner !== me;
}

/** Whether a side may change the row like this by itself. */
export function maySet(me: Side, before: Ownership, after: Ownership): boolean {
  return before.owner === me && isStep(before, after);
}

/** The guard around the row, against what the stream brings: only the other side's own steps. */
export function mayApplyRight(me: Side, before: Ownership | undefined, after: Ownership): boolean {
  // The first copy: whoever receives it is no owner.
  if (before === undefined) return after.owner !== me;
  return maySet(otherSide(me), before, after);
}

function isStep(before: Ownership, after: Ownership): boolean {
  const steps = [drain(before, otherSide(before.owner)), abort(before), grant(before)];
  return steps.some((step) => step !== undefined && isSame(step, after));
}

/** What a compare-and-set compares. */
export function isSame(one: Ownership, other: Ownership): boolean {
  return (
    one.epoch === other.epoch &&
    one.attempt === other.attempt &&
    one.owner === other.owner &&
    one.state === other.state &&
    one.target === other.target
  );
}
