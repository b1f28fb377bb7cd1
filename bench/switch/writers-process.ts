// The process of the writers, apart from the one that moves ownership: it begins and ends at a word, and tells what they saw.
import { setTimeout as sleep } from 'node:timers/promises';
import { takeOrders } from '../client/orders.ts';
import { openTarget, type Side, type TargetOrder, type Write } from './targets.ts';

export type WritersOrder =
  | { readonly open: TargetOrder }
  /** As much as so many at once can write. */
  | { readonly flatOut: number; readonly seconds: number }
  /** Writes a second, each begun when it is due. */
  | { readonly begin: number }
  /** Where ownership goes next. What the other side answers after this one has begun to is late, and no switch back. */
  | { readonly expect: Side }
  /** Answered when that side has acknowledged a write. */
  | { readonly arrival: true }
  | { readonly end: true };

export interface Seen {
  readonly acknowledged: number;
  /** What went wrong, by its message. */
  readonly failures: Readonly<Record<string, number>>;
  /** Milliseconds between the last write that one side acknowledged and the first of the other. */
  readonly gaps: readonly number[];
  /** The longest that one write took, in milliseconds. */
  readonly longestMs: number;
  /** Writes a second, as they were acknowledged. */
  readonly rate: number;
  /** Were due, and not begun, since too many others had no answer yet. */
  readonly dropped: number;
}

await takeOrders<WritersOrder, Seen>('writers', async (shutdown) => {
  let write: Write | undefined;
  let running: ReturnType<typeof beginWriting> | undefined;
  return async (order) => {
    if ('open' in order) write = openTarget(order.open, shutdown);
    if (write === undefined) throw new Error('no target is open');
    if ('flatOut' in order) return flatOut(write, order.flatOut, order.seconds * 1_000);
    if ('begin' in order) running = beginWriting(write, order.begin);
    if ('expect' in order) running?.expect(order.expect);
    if ('arrival' in order) await running?.arrival();
    if (!('end' in order) || running === undefined) return NOTHING;
    return running.end();
  };
});

const NOTHING: Seen = { acknowledged: 0, failures: {}, gaps: [], longestMs: 0, rate: 0, dropped: 0 };

/** At any rate, on any machine. */
const ARRIVAL_MS = 120_000;
const POLL_MS = 2;
/** More without an answer, and the machine cannot do what is asked: a queue that grows says nothing of a switch. */
const MOST_UNDER_WAY = 1_000;

function createRecord() {
  const begin = performance.now();
  const failures: Record<string, number> = {};
  const gaps: number[] = [];
  let [acknowledged, dropped, longestMs, lastAt] = [0, 0, 0, begin];
  let last: Side | undefined;
  let expected: Side = 'monolith';
  function acknowledge(side: Side, now: number): void {
    if (last === expected && side !== expected) return;
    if (last !== undefined && side !== last) gaps.push(now - lastAt);
    [last, lastAt] = [side, now];
  }
  return {
    expect: (side: Side) => void (expected = side),
    hasArrived: () => last === expected,
    drop: () => void (dropped += 1),
    async one(write: Write, index: number): Promise<void> {
      const sent = performance.now();
      try {
        const side = await write(index);
        const now = performance.now();
        acknowledge(side, now);
        acknowledged += 1;
        longestMs = Math.max(longestMs, now - sent);
      } catch (error) {
        const name = (error as Error).message;
        failures[name] = (failures[name] ?? 0) + 1;
      }
    },
    seen: (): Seen => ({
      ...{ acknowledged, dropped, failures, gaps, longestMs },
      rate: (acknowledged * 1_000) / (performance.now() - begin),
    }),
  };
}

async function flatOut(write: Write, parallel: number, durationMs: number): Promise<Seen> {
  const record = createRecord();
  const end = performance.now() + durationMs;
  let index = 0;
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (performance.now() < end) await record.one(write, index++);
    }),
  );
  return record.seen();
}

/** An open loop: who is due writes, whether or not others have been answered. */
function beginWriting(write: Write, rate: number) {
  const record = createRecord();
  const begin = performance.now();
  const underWay = new Set<Promise<void>>();
  let index = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - begin) * rate) / 1_000;
    for (; index < due; index += 1) {
      if (underWay.size >= MOST_UNDER_WAY) {
        record.drop();
        continue;
      }
      const writing: Promise<void> = record.one(write, index).finally(() => underWay.delete(writing));
      underWay.add(writing);
    }
  }, 1);
  return {
    expect: record.expect,
    async arrival(): Promise<void> {
      const deadline = performance.now() + ARRIVAL_MS;
      while (!record.hasArrived()) {
        if (performance.now() > deadline) throw new Error('nothing is written where ownership has gone');
        await sleep(POLL_MS);
      }
    },
    async end(): Promise<Seen> {
      clearInterval(timer);
      await Promise.all(underWay);
      return record.seen();
    },
  };
}
