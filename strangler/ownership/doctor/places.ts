// What is wrong with a side's database itself: whether it answers, is the one that was meant, and takes writes.
import { otherSide, type Side } from '../replica.ts';
import type { Facts, SideFacts } from './facts.ts';
import type { Finding } from './finding.ts';

const DISK_FULL = '53100';
const READ_ONLY = '25006';

export function placeFindings(facts: Facts, side: Side): readonly Finding[] {
  const { unreachable, database } = facts.status.sides[side];
  if (unreachable !== null)
    return [
      {
        state: 'unreachable',
        found: unreachable,
        advice: `start the ${side}'s PostgreSQL; if it is gone for good, see below`,
      },
      ...lostOwner(facts, side),
    ];
  const seen = facts.sides[side];
  if (seen === null) return [];
  return [...identityFindings(facts, side, seen, database), ...refusalFindings(side, seen)];
}

function identityFindings(facts: Facts, side: Side, seen: SideFacts, database: string): readonly Finding[] {
  const { capability } = facts;
  if (seen.clone !== null)
    return [
      {
        state: 'copy of another',
        found: `the ${side}'s database ${database} was made from ${seen.clone} of another cluster or name: it writes nothing`,
        advice:
          `if the original is used still, drop this one. If it is gone for good, and nobody writes there, ` +
          `npm run switch -- doctor ${capability} --adopt ${side} makes this one the ${side}'s`,
        decision: { kind: 'adopt', side },
      },
    ];
  const { ownBeat, seenBeat } = seen;
  if (ownBeat === null || seenBeat === null || ownBeat >= seenBeat) return [];
  return [
    {
      state: 'older than itself',
      found: `the ${side} was taken back in time: the ${otherSide(side)} has seen its heartbeat ${seenBeat}, and it has written ${ownBeat}`,
      advice:
        facts.status.right?.owner === side
          ? `what it had written since is gone here, and may be at the ${otherSide(side)}: stop what writes, compare with npm run switch -- diff ${capability}, and decide by hand whose rows count`
          : `its rows are those of an earlier time: npm run switch -- stop ${capability} --empty-service, then replicate, where it is the service; else by hand`,
    },
  ];
}

function refusalFindings(side: Side, { refuses }: SideFacts): readonly Finding[] {
  if (refuses === null) return [];
  const { code, words } = refuses;
  if (code === DISK_FULL)
    return [
      {
        state: 'disk full',
        found: `the ${side} cannot write: ${words}`,
        advice: 'free the disk: nothing is lost, and the streams go on by themselves',
      },
    ];
  if (code === READ_ONLY)
    return [
      {
        state: 'read only',
        found: `the ${side} takes no writes: ${words}`,
        advice: 'it is a standby, or was set so: name the primary',
      },
    ];
  return [
    {
      state: 'unreachable',
      found: `the ${side} takes no heartbeat: ${words}`,
      advice: `the log of the ${side}'s PostgreSQL says more`,
    },
  ];
}

/** Where the one that owns does not answer, nobody writes; whether it is gone for good only a person knows. */
function lostOwner({ capability, status }: Facts, gone: Side): readonly Finding[] {
  const other = otherSide(gone);
  const row = status.sides[other].ownership;
  if (row === null || row.owner !== gone) return [];
  return [destroyed(capability, gone, `does not answer (epoch ${row.epoch}, as the ${other} has it)`)];
}

/** Where nobody owns, unless that side comes back. */
export function destroyed(capability: string, owner: Side, why: string): Finding {
  const other = otherSide(owner);
  return {
    state: 'no owner',
    found: `the ${owner} owns ${capability}, and ${why}`,
    advice: `wait for it. If it is destroyed, what had not come to the ${other} is lost: npm run switch -- doctor ${capability} --adopt ${other} lets the ${other} write`,
    decision: { kind: 'adopt', side: other },
  };
}
