// What is wrong with what flows between the sides: a stream, or a table that does not take it.
import type { DirectionStatus } from '../status.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';

export function streamFindings(facts: Facts, direction: DirectionStatus): readonly Finding[] {
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

export function tableFindings({ capability, tables, streams }: Facts): readonly Finding[] {
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
