// One process of the monolith against two of them, and against a cluster on all cores, under the same mix of reads.
import { inTurn, ratios, type Summary } from './arithmetic.ts';
import type { LoopRequest } from './client/closed-loop.ts';
import { measure, type Measurement } from './measure.ts';
import type { Place, SeededShop } from './place.ts';
import { subjectFigures, type SubjectFigures } from './route-figures.ts';
import { readRequests, type Reads } from './routes.ts';
import { startCluster, startMonolith } from './subjects.ts';
import { findWords } from './words.ts';

export interface ProcessOptions {
  /** Of each round. */
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly onStep: (step: string) => void;
}

/** One process; two, each with a port of its own, as behind a load balancer; one worker a core behind one port. */
export const SHAPES = ['one', 'two', 'cluster'] as const;
export type Shape = (typeof SHAPES)[number];

export interface ProcessFigures {
  readonly shapes: Readonly<Record<Shape, SubjectFigures>>;
  /** Of throughput, to that of one process. */
  readonly ratios: Readonly<Record<Exclude<Shape, 'one'>, Summary>>;
}

export async function measureProcesses(
  place: Place,
  shop: SeededShop,
  { seconds, rounds, connections, onStep }: ProcessOptions,
): Promise<ProcessFigures> {
  const [first, second, cluster] = await Promise.all([
    startMonolith(place, shop),
    startMonolith(place, shop),
    startCluster(place, shop),
  ]);
  const subjects = { one: [first], two: [first, second], cluster: [cluster] };
  const requests = mixOf(await readRequests(first.origin, shop.pool, await findWords(shop.pool)));
  const order = { requests, expected: 200, connections };
  for (const shape of ['two', 'cluster'] as const)
    await measure(place, subjects[shape], { ...order, seconds: 4 * seconds });

  const found: Record<Shape, Measurement[]> = { one: [], two: [], cluster: [] };
  for (const [round, turn] of inTurn(SHAPES, rounds).entries()) {
    onStep(`one process, two, and a cluster, round ${round + 1} of ${rounds}`);
    for (const shape of turn) found[shape].push(await measure(place, subjects[shape], { ...order, seconds }));
  }
  const toOne = (shape: Shape) => ratios(throughput(found[shape]), throughput(found.one));
  return {
    shapes: {
      one: subjectFigures(found.one),
      two: subjectFigures(found.two),
      cluster: subjectFigures(found.cluster),
    },
    ratios: { two: toOne('two'), cluster: toOne('cluster') },
  };
}

const throughput = (rounds: readonly Measurement[]) => rounds.map((one) => one.throughput);

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
