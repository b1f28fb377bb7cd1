// One process of the monolith against two of them on the same database, under the same mix of reads.
import { inTurn, ratios, type Summary } from './arithmetic.ts';
import type { LoopRequest } from './client/closed-loop.ts';
import { measure, type Measurement } from './measure.ts';
import type { Place, SeededShop } from './place.ts';
import { subjectFigures, type SubjectFigures } from './route-figures.ts';
import { readRequests, type Reads } from './routes.ts';
import { startMonolith } from './subjects.ts';
import { findWords } from './words.ts';

export interface ProcessOptions {
  /** Of each round. */
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly onStep: (step: string) => void;
}

export interface ProcessFigures {
  /** Of throughput: two processes to one. */
  readonly ratio: Summary;
  readonly one: SubjectFigures;
  readonly two: SubjectFigures;
}

export async function measureProcesses(
  place: Place,
  shop: SeededShop,
  { seconds, rounds, connections, onStep }: ProcessOptions,
): Promise<ProcessFigures> {
  const processes = await Promise.all([startMonolith(place, shop), startMonolith(place, shop)]);
  const requests = mixOf(await readRequests(processes[0].origin, shop.pool, await findWords(shop.pool)));
  const order = { requests, expected: 200, connections };
  await measure(place, processes, { ...order, seconds: 4 * seconds });

  const found: Record<1 | 2, Measurement[]> = { 1: [], 2: [] };
  for (const [round, turn] of inTurn([1, 2] as const, rounds).entries()) {
    onStep(`one process and two, round ${round + 1} of ${rounds}`);
    for (const count of turn)
      found[count].push(await measure(place, processes.slice(0, count), { ...order, seconds }));
  }
  const throughput = (count: 1 | 2) => found[count].map((one) => one.throughput);
  return {
    ratio: ratios(throughput(2), throughput(1)),
    one: subjectFigures(found[1]),
    two: subjectFigures(found[2]),
  };
}

/** Of ten reads, six are of one product, two are lists, one is a deep page, and one is a search. */
function mixOf(reads: Reads): readonly LoopRequest[] {
  const [list, deep, common, rare] = (['list', 'list-deep', 'search-common', 'search-rare'] as const).map(
    (route) => reads[route],
  );
  return reads['by-id'].flatMap((product, index) => {
    if (index % 6 !== 5) return [product];
    const search = index % 12 === 5 ? common : rare;
    return [product, list, list, deep, search].flatMap((requests) => requests ?? []);
  });
}
