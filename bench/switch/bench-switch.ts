// npm run bench -- switch: ownership moves there and back under writers, and what is measured is how long nobody could write.
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '#platform/children.ts';
import { SetupError } from '#platform/setup-error.ts';
import type { Shutdown } from '#platform/shutdown.ts';
import { moveOwnership } from '../../strangler/ownership/move-ownership.ts';
import { otherSide, type Replica, type Side } from '../../strangler/ownership/replica.ts';
import { quantile } from '../arithmetic.ts';
import { order } from '../client/orders.ts';
import type { TargetOrder } from './targets.ts';
import type { Seen, WritersOrder } from './writers-process.ts';

export interface SwitchBenchOptions {
  /** There and back count as two. */
  readonly switches: number;
  /** Of what can be written, as percentages. */
  readonly levels: readonly number[];
  /** For which is measured how much that is. */
  readonly capacitySeconds: number;
  /** Between two switches. */
  readonly pauseMs: number;
  readonly signal: AbortSignal;
  readonly onStep: (step: string) => void;
}

export interface SwitchBenchGround {
  readonly replica: Replica;
  readonly target: TargetOrder;
  /** How often products were written, by one side's own count. */
  readonly countWrites: (side: Side) => Promise<number>;
}

export interface LevelFigures {
  /** Of the capacity. */
  readonly percent: number;
  /** Writes a second, asked for and acknowledged. */
  readonly asked: number;
  readonly rate: number;
  readonly switches: number;
  /** Milliseconds, between the last write at one side and the first at the other. */
  readonly gapMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** From the first drain to the activation, as the coordinator saw it. */
  readonly coordinatorP50Ms: number;
  /** Were due, and not begun, since a thousand others had no answer yet. */
  readonly dropped: number;
  /** The longest that one write took. */
  readonly longestMs: number;
  readonly acknowledged: number;
  readonly failed: number;
  /** Acknowledged, and not there. */
  readonly lost: number;
  /** There, and more often than acknowledged. */
  readonly duplicated: number;
  readonly failures: Readonly<Record<string, number>>;
}

export interface PathFigures {
  readonly kind: TargetOrder['kind'];
  /** Writes a second, as many at once as connections. */
  readonly capacity: number;
  readonly levels: readonly LevelFigures[];
}

const AT_ONCE = 16;
const SETTLE_MS = 300;
/** How long a move takes is what is measured: one that is slow is a figure, and is not given up. */
const ROOM_MS = 60_000;
const ROOM = {
  bounds: { heartbeatMs: ROOM_MS, transactionMs: ROOM_MS },
  drainDeadlineMs: ROOM_MS,
  holdDeadlineMs: ROOM_MS,
} as const;

/** @throws {SetupError} where ownership does not move. */
export async function measureSwitches(
  { replica, target, countWrites }: SwitchBenchGround,
  options: SwitchBenchOptions,
  shutdown: Shutdown,
): Promise<PathFigures> {
  const child = await startChild('writers', 'bench/switch/writers-process.ts', {});
  shutdown.onStop('writers', () => child.stop());
  const tell = (words: WritersOrder) => order<Seen>(child.port, 'writers', words);
  const { capacitySeconds, levels, onStep } = options;

  await tell({ open: target });
  onStep(`${target.kind}: how much can be written`);
  await tell({ flatOut: AT_ONCE, seconds: capacitySeconds });
  const capacity = (await tell({ flatOut: AT_ONCE, seconds: capacitySeconds })).rate;
  const figures: LevelFigures[] = [];
  for (const percent of levels) {
    const asked = Math.max(1, Math.round((capacity * percent) / 100));
    const told = (step: string) => onStep(`${target.kind}, at ${percent} %: ${step}`);
    const before = await countWrites('monolith');
    await tell({ begin: asked });
    await tell({ arrival: true });
    await sleep(SETTLE_MS);
    const holds = await moveThereAndBack(replica, tell, options, told).finally(() => sleep(SETTLE_MS));
    const seen = await tell({ end: true });
    // It is the owner again, and so has everything.
    const done = (await countWrites('monolith')) - before;
    figures.push(figuresOf(percent, asked, seen, holds, done));
  }
  await child.stop();
  return { kind: target.kind, capacity: Math.round(capacity), levels: figures };
}

/** Ends where it began; each move has been seen by a writer before the next one. @returns the coordinator's gaps. */
async function moveThereAndBack(
  replica: Replica,
  tell: (words: WritersOrder) => Promise<Seen>,
  { switches, pauseMs, signal }: SwitchBenchOptions,
  told: (step: string) => void,
): Promise<readonly number[]> {
  const gaps: number[] = [];
  let owner: Side = 'monolith';
  while (gaps.length < switches || owner !== 'monolith') {
    if (signal.aborted) throw new SetupError('interrupted');
    told(`switch ${gaps.length + 1} of ${switches}`);
    const target = otherSide(owner);
    await tell({ expect: target });
    const moved = await moveOwnership(replica, target, ROOM);
    gaps.push(moved.gapMs);
    owner = target;
    await tell({ arrival: true });
    await sleep(pauseMs);
  }
  return gaps;
}

function figuresOf(
  percent: number,
  asked: number,
  seen: Seen,
  holds: readonly number[],
  done: number,
): LevelFigures {
  const { gaps, acknowledged, dropped, failures, longestMs, rate } = seen;
  if (gaps.length === 0) throw new SetupError('no writer has seen a switch');
  return {
    ...{ percent, asked, rate: Math.round(rate), switches: gaps.length },
    gapMs: { p50: quantile(gaps, 0.5), p99: quantile(gaps, 0.99), max: Math.max(...gaps) },
    coordinatorP50Ms: quantile(holds, 0.5),
    ...{ longestMs, acknowledged, dropped, failures },
    failed: Object.values(failures).reduce((sum, count) => sum + count, 0),
    lost: Math.max(0, acknowledged - done),
    duplicated: Math.max(0, done - acknowledged),
  };
}
