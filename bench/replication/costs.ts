// What writers pay for replication: how many writes they get done, and the CPU time of each, alone and replicated.
import { median, summarize, type Summary } from '../arithmetic.ts';
import type { Ground } from './ground.ts';
import { byRole, cpuBetween, readCpu, type Cpu, type Role } from './roles.ts';
import { catchUp } from './stream.ts';
import { KINDS, type Kind, type Writers } from './writers.ts';

export const WAYS = ['alone', 'replicated'] as const;
export type Way = (typeof WAYS)[number];

/** One kind of writers, for a while. */
export interface Turn {
  readonly kind: Kind;
  readonly way: Way;
  readonly writes: number;
  /** Writes a second. */
  readonly throughput: number;
  /** Microseconds. */
  readonly p50: number;
  readonly errors: number;
  readonly cpu: Cpu | undefined;
}

export interface WayFigures {
  /** Writes a second. */
  readonly throughput: Summary;
  /** Milliseconds, the median of the rounds. */
  readonly p50: number;
  readonly errors: number;
  /** Microseconds of a write, over all rounds, since the system counts in ticks; null where it does not count. */
  readonly cpu: Cpu | null;
}

export interface CostFigures extends Readonly<Record<Way, WayFigures>> {
  readonly kind: Kind;
  /** The share of the throughput that replication takes. */
  readonly cost: Summary;
  /** Null for the worst case, which nobody has to meet. */
  readonly bar: number | null;
}

const BARS: Readonly<Record<Kind, number | null>> = { PATCH: 0.15, UPDATE: null };

/** The other end's work is counted to its end, wherever it is when the writers have stopped. */
export async function takeTurn(
  ground: Ground,
  writers: Writers,
  kind: Kind,
  way: Way,
  seconds: number,
): Promise<Turn> {
  const before = await readCpu(ground);
  const { requests, seconds: taken, p50, errors, cpuSeconds } = await writers[kind](seconds);
  if (way === 'replicated') await catchUp(ground);
  const after = await readCpu(ground);
  return {
    kind,
    way,
    writes: requests,
    throughput: requests / taken,
    p50,
    errors: Object.values(errors).reduce((sum, count) => sum + count, 0),
    cpu: before && after && cpuBetween(before, after, cpuSeconds),
  };
}

/** @param turns of all rounds, in their order. */
export function costFigures(turns: readonly Turn[]): readonly CostFigures[] {
  return KINDS.map((kind) => {
    const [alone, replicated] = WAYS.map((way) =>
      turns.filter((turn) => turn.kind === kind && turn.way === way),
    ) as [Turn[], Turn[]];
    return {
      kind,
      alone: wayFigures(alone),
      replicated: wayFigures(replicated),
      cost: summarize(
        replicated.map(({ throughput }, round) => 1 - throughput / (alone[round] as Turn).throughput),
      ),
      bar: BARS[kind],
    };
  });
}

function wayFigures(turns: readonly Turn[]): WayFigures {
  const sum = (figure: (turn: Turn) => number) => turns.reduce((total, turn) => total + figure(turn), 0);
  const known = turns.every(({ cpu }) => cpu !== undefined);
  const writes = Math.max(
    1,
    sum((turn) => turn.writes),
  );
  const ofOne = (role: Role) => (sum(({ cpu }) => cpu?.[role] ?? 0) * 1e6) / writes;
  return {
    throughput: summarize(turns.map(({ throughput }) => throughput)),
    p50: median(turns.map(({ p50 }) => p50)) / 1_000,
    errors: sum(({ errors }) => errors),
    cpu: known ? byRole(ofOne) : null,
  };
}
