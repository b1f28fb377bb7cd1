// What a capability suffers from, by what both sides say; pure, so that every state can be told in a test.
import { otherSide, type Side } from '../replica.ts';
import type { DirectionStatus } from '../status.ts';
import type { Facts, SideFacts } from './facts.ts';

/** Each has its line in docs/doctor.md. */
export type State =
  | 'unreachable'
  | 'disk full'
  | 'read only'
  | 'copy of another'
  | 'older than itself'
  | 'incomplete'
  | 'stop not ended'
  | 'drained'
  | 'under way'
  | 'granted'
  | 'two owners'
  | 'no owner'
  | 'slot lost'
  | 'stream disabled'
  | 'written past the fence'
  | 'conflict'
  | 'not copied'
  | 'tables differ'
  | 'table without a stream'
  | 'late';

/** What `--repair` does by itself: none of these can lose a row that the owner has. */
export type Remedy =
  | { readonly kind: 'take back'; readonly owner: Side }
  | { readonly kind: 'enable'; readonly to: Side }
  | { readonly kind: 'begin anew'; readonly to: Side };

export interface Finding {
  readonly state: State;
  /** What was seen. */
  readonly found: string;
  /** What a person does, or may let `--repair` do. */
  readonly advice: string;
  readonly remedy?: Remedy;
  /** A person has to decide it; with the side that may be adopted. */
  readonly decision?: { readonly kind: 'adopt' | 'discard'; readonly side: Side };
}

/** The gravest first: what stands further down may follow from what stands above. */
export function diagnose(facts: Facts): readonly Finding[] {
  const { status } = facts;
  const places = SIDES.flatMap((side) => placeFindings(facts, side));
  if (status.phase === 'monolith') return places;
  const incomplete = incompleteFindings(facts);
  if (incomplete.length > 0) return [...places, ...incomplete];
  return [
    ...places,
    ...rightFindings(facts),
    ...status.directions.flatMap((direction) => streamFindings(facts, direction)),
    ...tableFindings(facts),
  ];
}

const SIDES: readonly Side[] = ['monolith', 'service'];
const DISK_FULL = '53100';
const READ_ONLY = '25006';

function placeFindings(facts: Facts, side: Side): readonly Finding[] {
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
  return [
    {
      state: 'no owner',
      found: `the ${gone} owns ${capability} (epoch ${row.epoch}, as the ${other} has it), and does not answer`,
      advice: `wait for it. If it is destroyed, what had not come to the ${other} is lost: npm run switch -- doctor ${capability} --adopt ${other} lets the ${other} write`,
      decision: { kind: 'adopt', side: other },
    },
  ];
}

function incompleteFindings({ capability, status, filled }: Facts): readonly Finding[] {
  const { directions, sides } = status;
  if (SIDES.some((side) => sides[side].unreachable !== null)) return [];
  const parted = directions.some(({ subscription }) => subscription !== null && !subscription.hasSlot);
  // A copy begins with empty tables: rows without a subscription were left by a stop.
  if (parted || (directions[0]?.subscription === null && filled.length > 0))
    return [
      {
        state: 'stop not ended',
        found: parted
          ? 'a subscription has been parted from its slot, as stop does first'
          : `the service has rows in ${filled.join(', ')}, and no subscription any more`,
        advice: `npm run switch -- stop ${capability} goes on`,
      },
    ];
  const missing = [
    ...SIDES.filter((side) => sides[side].ownership === null).map(
      (side) => `the ${side} has no row of ownership`,
    ),
    ...directions.flatMap(({ from, to, subscription, publishedTables, slot }) => [
      ...(publishedTables === null ? [`the ${from} publishes nothing`] : []),
      ...(subscription === null ? [`the ${to} has no subscription`] : []),
      ...(subscription === null && slot !== null
        ? [`nobody reads the slot of the ${from}, which keeps log for it`]
        : []),
    ]),
  ];
  if (missing.length === 0) return [];
  return [
    {
      state: 'incomplete',
      found: missing.join('; '),
      advice: `npm run switch -- replicate ${capability} goes on from here, and stop removes what is there`,
    },
  ];
}

function rightFindings({ capability, status, busy }: Facts): readonly Finding[] {
  const { right, sides } = status;
  const [monolith, service] = [sides.monolith.ownership, sides.service.ownership];
  if (right === null || monolith === null || service === null) return [];
  const believes = (side: Side) => sides[side].ownership?.owner === side;
  if (believes('monolith') && believes('service'))
    return [
      {
        state: 'two owners',
        found: `each side has the row of its own ownership: epoch ${monolith.epoch} at the monolith, ${service.epoch} at the service`,
        advice: `one of them was taken back in time. Stop what writes at the one with the lower epoch, and see npm run switch -- diff ${capability}`,
      },
    ];
  const writes = (side: Side | null) => `npm run switch -- writes ${capability} ${side}`;
  if (right.state === 'DRAINING') {
    const found = `nobody can write: the ${right.owner} is drained towards the ${right.target}`;
    if (busy)
      return [{ state: 'under way', found: `${found}, and a command is at it`, advice: 'wait for it' }];
    return [
      {
        state: 'drained',
        found: `${found}, and whoever began that is gone`,
        advice: `${writes(right.target)} begins it anew, ${writes(right.owner)} takes it back, as --repair does`,
        remedy: { kind: 'take back', owner: right.owner },
      },
    ];
  }
  if ((sides[right.owner].ownership?.epoch ?? 0) < right.epoch)
    return [
      {
        state: 'granted',
        found: `nobody can write: epoch ${right.epoch} is granted to the ${right.owner}, which has not applied that yet`,
        advice: `it writes as soon as the stream has brought it: ${writes(right.owner)} waits for it`,
      },
    ];
  return [];
}

function streamFindings(facts: Facts, direction: DirectionStatus): readonly Finding[] {
  const { capability, status, sides } = facts;
  const { from, to, slot, subscription } = direction;
  const way = `${from} → ${to}`;
  if (subscription === null || sides[from] === null || sides[to] === null) return [];
  // What comes to the owner is nothing but heartbeats, and what comes from it is what a diff can bring.
  const same = status.sides.monolith.ownership?.epoch === status.sides.service.ownership?.epoch;
  const anew = same ? { remedy: { kind: 'begin anew', to } as const } : {};
  if (slot === null || slot.walStatus === 'lost')
    return [
      {
        state: 'slot lost',
        found: `${way}: the slot is ${slot === null ? 'gone' : 'given up'}, and with it changes that have not arrived`,
        advice: same
          ? `--repair begins the stream anew, and compares all rows (as npm run switch -- diff ${capability} --repair)`
          : 'a grant may have been among them: by hand, or --adopt the side that shall own',
        ...anew,
      },
    ];
  if (!subscription.enabled)
    return [
      {
        state: 'stream disabled',
        found: `${way}: the subscription is disabled`,
        advice: 'whoever has disabled it had a reason; --repair enables it',
        remedy: { kind: 'enable', to },
      },
    ];
  const waiting = subscription.tables.filter(({ state }) => state !== 'ready').map(({ table }) => table);
  if (waiting.length > 0)
    return [
      {
        state: 'not copied',
        found: `${way}: ${waiting.join(', ')} ${waiting.length === 1 ? 'is' : 'are'} not copied yet`,
        advice: `npm run switch -- replicate ${capability} shows how far it is`,
      },
    ];
  if (sides[from].arrives || sides[from].refuses !== null || sides[to].refuses !== null) return [];
  if (subscription.applyErrors === 0)
    return [
      {
        state: 'late',
        found: `${way}: a heartbeat has not arrived within 10 s`,
        advice: `npm run switch -- status ${capability} says how far it is behind`,
      },
    ];
  if (status.right?.owner === to)
    return [
      {
        state: 'written past the fence',
        found: `${way}: the ${to} refuses what comes (${subscription.applyErrors} times): somebody has written at the ${from}, which does not own`,
        advice: `look at npm run switch -- diff ${capability} for what it was. --discard begins the stream anew, and makes those rows as the ${to} has them`,
        decision: { kind: 'discard', side: from },
      },
    ];
  return [
    {
      state: 'conflict',
      found: `${way}: what comes does not fit what the ${to} has (${subscription.applyErrors} failures): the log of its PostgreSQL names the row`,
      advice: `--repair begins the stream anew, and makes the ${to}'s rows as the ${from} has them`,
      ...anew,
    },
  ];
}

function tableFindings({ capability, tables, streams }: Facts): readonly Finding[] {
  return [
    ...tables.map(
      (found) => ({ state: 'tables differ', found, advice: 'migrate the side that is behind' }) as const,
    ),
    ...streams
      .filter((line) => !line.includes('is not ready'))
      .map(
        (found) =>
          ({
            state: 'table without a stream',
            found,
            advice: `npm run switch -- replicate ${capability} takes it in, while the monolith owns`,
          }) as const,
      ),
  ];
}
