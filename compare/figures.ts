// From rounds to figures: the median of each, and between what the rounds lay.
import { median } from '../bench/arithmetic.ts';
import type { Machine } from '../bench/machine.ts';
import type { Round } from './round.ts';
import type { Shape } from './shapes.ts';
import type { Figure } from './usage.ts';

/** Of all rounds; null where one of them was not measured. */
export type Spread = { readonly median: number; readonly low: number; readonly high: number } | null;

export interface ShapeFigures {
  readonly name: string;
  /** What a catalog read passes on its way to the database. */
  readonly path: readonly string[];
  /** By role, how many; PostgreSQL counts as one. */
  readonly processes: Readonly<Record<string, number>>;
  readonly linesOfCode: number;
  readonly startSeconds: Spread;
  /** Answers a second. */
  readonly throughput: Spread;
  /** Milliseconds. */
  readonly latencyMs: Readonly<
    Record<keyof Round['latencyMs'], { readonly p50: Spread; readonly p99: Spread }>
  >;
  /** 0 to 1. */
  readonly servedByService: Spread;
  /** Milliseconds for each request: by role, and of all. */
  readonly cpuMs: ByRole;
  /** MiB. */
  readonly memoryMiB: ByRole;
}

export interface ByRole {
  readonly roles: Readonly<Record<string, Spread>>;
  /** Summed up round by round. */
  readonly total: Spread;
}

export interface Comparison {
  /** As it was called. */
  readonly command: string;
  readonly machine: Machine;
  readonly loadAfter: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly rate: number;
  readonly inFlight: number;
  readonly products: number;
  readonly seed: number;
  readonly shapes: readonly ShapeFigures[];
  /** With any of them these are no figures: one line each. */
  readonly faults: readonly string[];
  readonly doubts: readonly string[];
}

/** @param values one a round. */
export function spread(values: readonly Figure[]): Spread {
  const known = values.filter((value) => value !== null);
  if (known.length === 0 || known.length < values.length) return null;
  return { median: median(known), low: Math.min(...known), high: Math.max(...known) };
}

export function shapeFigures(
  { name, path }: Shape,
  linesOfCode: number,
  processes: Readonly<Record<string, number>>,
  rounds: readonly Round[],
): ShapeFigures {
  const of = (pick: (round: Round) => Figure) => spread(rounds.map(pick));
  const latency = (kind: keyof Round['latencyMs']) => ({
    p50: of(({ latencyMs }) => latencyMs[kind].p50),
    p99: of(({ latencyMs }) => latencyMs[kind].p99),
  });
  return {
    name,
    path,
    processes,
    linesOfCode,
    startSeconds: of(({ startSeconds }) => startSeconds),
    throughput: of(({ throughput }) => throughput),
    latencyMs: { all: latency('all'), product: latency('product'), list: latency('list') },
    servedByService: of(({ servedByService }) => servedByService),
    cpuMs: byRole(rounds.map(({ cpuMs }) => cpuMs)),
    memoryMiB: byRole(rounds.map(({ memoryMiB }) => memoryMiB)),
  };
}

function byRole(rounds: readonly Readonly<Record<string, Figure>>[]): ByRole {
  const names = Object.keys(rounds[0] ?? {});
  return {
    roles: Object.fromEntries(
      names.map((role) => [role, spread(rounds.map((round) => round[role] ?? null))]),
    ),
    total: spread(rounds.map(sumOf)),
  };
}

/** Null as soon as one of them is. */
const sumOf = (round: Readonly<Record<string, Figure>>): Figure =>
  Object.values(round).reduce<Figure>(
    (sum, value) => (sum === null || value === null ? null : sum + value),
    0,
  );
