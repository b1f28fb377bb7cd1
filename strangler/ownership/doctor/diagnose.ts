// What a capability suffers from, by what both sides say; pure, so that every state can be told in a test.
import type { Side } from '../replica.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { destroyed, placeFindings } from './places.ts';
import { streamFindings, tableFindings } from './streams.ts';

const SIDES: readonly Side[] = ['monolith', 'service'];

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
  // No stop is under way where the service owns, since that refuses: what had its row is another database by now.
  if (sides.monolith.ownership?.owner === 'service' && sides.service.ownership === null)
    return [destroyed(capability, 'service', 'has no row of it any more')];
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
