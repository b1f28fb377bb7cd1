// The routes, one after another: each subject in turn, several rounds, and what the monolith reaches of the others.
import { inTurn, median, ratios, summarize, type Summary } from './arithmetic.ts';
import { createBuyers } from './buyers.ts';
import type { LoopRequest } from './client/closed-loop.ts';
import { measure, type Measurement } from './measure.ts';
import type { Place, SeededShop } from './place.ts';
import { BARS, readRequests, type RouteName } from './routes.ts';
import { startSubjects, SUBJECTS, type SubjectName } from './subjects.ts';
import { findWords } from './words.ts';

export interface RouteOptions {
  readonly routes: readonly RouteName[];
  /** Of each round. */
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  /** Answers that each subject gives at each route before it is measured. */
  readonly warmUpRequests: number;
  readonly onStep: (step: string) => void;
}

export interface RouteFigures {
  readonly route: RouteName;
  readonly bar: number;
  /** Of throughput: the monolith's to the baseline's, and to the bare one's. */
  readonly ratio: Summary;
  readonly ratioToBare: Summary;
  /** Of CPU time for each request, in the server's process; the smaller, the better. */
  readonly cpuRatio: Summary;
  readonly subjects: Readonly<Record<SubjectName, SubjectFigures>>;
}

export interface SubjectFigures {
  readonly throughput: Summary;
  readonly errors: number;
  /** Medians, in milliseconds for each request. */
  readonly cpuMs: number;
  readonly databaseCpuMs: number | null;
  readonly clientCpuMs: number;
  /** Medians, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Until the code is compiled and the pools are full; on a slow machine it ends before. */
const WARM_UP_TURNS = 8;
/** A second; more than a machine of today reaches. */
const MOST_CHECKOUTS = 1_500;

export async function measureRoutes(
  place: Place,
  shop: SeededShop,
  options: RouteOptions,
): Promise<readonly RouteFigures[]> {
  const { routes, seconds } = options;
  const subjects = await startSubjects(place, shop);
  const reads = await readRequests(subjects.monolith.origin, shop.pool, await findWords(shop.pool));
  const buyers = routes.includes('checkout')
    ? await createBuyers(shop.pool, Math.ceil(MOST_CHECKOUTS * seconds))
    : undefined;

  async function once(route: RouteName, subject: SubjectName, duration: number): Promise<Measurement> {
    const order = { connections: options.connections, seconds: duration };
    const take = (requests: readonly LoopRequest[], expected: number, justOnce: boolean) =>
      measure(place, [subjects[subject]], { ...order, requests, expected, once: justOnce });
    if (route !== 'checkout') return take(reads[route], 200, false);
    return take((await buyers?.prepare()) ?? [], 201, true);
  }

  const figures: RouteFigures[] = [];
  for (const route of routes) {
    const found: Record<SubjectName, Measurement[]> = { monolith: [], baseline: [], bare: [] };
    options.onStep(`${route}, warming up`);
    for (const subject of SUBJECTS) {
      for (let turn = 0, sent = 0; turn < WARM_UP_TURNS && sent < options.warmUpRequests; turn += 1)
        sent += (await once(route, subject, seconds)).requests;
    }
    for (const [round, turn] of inTurn(SUBJECTS, options.rounds).entries()) {
      options.onStep(`${route}, round ${round + 1} of ${options.rounds}`);
      for (const subject of turn) found[subject].push(await once(route, subject, seconds));
    }
    figures.push(figuresOf(route, found));
  }
  return figures;
}

function figuresOf(
  route: RouteName,
  found: Readonly<Record<SubjectName, readonly Measurement[]>>,
): RouteFigures {
  const of = (subject: SubjectName, figure: 'throughput' | 'cpuMs') =>
    found[subject].map((one) => one[figure]);
  return {
    route,
    bar: BARS[route],
    ratio: ratios(of('monolith', 'throughput'), of('baseline', 'throughput')),
    ratioToBare: ratios(of('monolith', 'throughput'), of('bare', 'throughput')),
    cpuRatio: ratios(of('monolith', 'cpuMs'), of('baseline', 'cpuMs')),
    subjects: {
      monolith: subjectFigures(found.monolith),
      baseline: subjectFigures(found.baseline),
      bare: subjectFigures(found.bare),
    },
  };
}

export function subjectFigures(rounds: readonly Measurement[]): SubjectFigures {
  const databaseCpu = rounds.map(({ databaseCpuMs }) => databaseCpuMs).filter((ms) => ms !== undefined);
  return {
    throughput: summarize(rounds.map(({ throughput }) => throughput)),
    errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
    cpuMs: median(rounds.map(({ cpuMs }) => cpuMs)),
    databaseCpuMs: databaseCpu.length === 0 ? null : median(databaseCpu),
    clientCpuMs: median(rounds.map(({ clientCpuMs }) => clientCpuMs)),
    p50: median(rounds.map(({ p50 }) => p50)) / 1_000,
    p99: median(rounds.map(({ p99 }) => p99)) / 1_000,
  };
}
