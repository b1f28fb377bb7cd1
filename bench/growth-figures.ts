// The same reads in a small shop and in a large one: what a hundred times the products cost a single caller.
import { inTurn, ratios, summarize, type Summary } from './arithmetic.ts';
import { measure, type Measurement } from './measure.ts';
import type { Place, SeededShop } from './place.ts';
import { readRequests, type ReadRoute } from './routes.ts';
import { startMonolith } from './subjects.ts';
import { findWords } from './words.ts';

export interface GrowthOptions {
  readonly products: number;
  readonly largeProducts: number;
  /** Of each round. */
  readonly seconds: number;
  readonly rounds: number;
  readonly onStep: (step: string) => void;
}

export interface GrowthFigures {
  readonly products: number;
  readonly largeProducts: number;
  readonly seedSeconds: number;
  readonly routes: readonly GrowthOfRoute[];
}

export interface GrowthOfRoute {
  readonly route: ReadRoute;
  /** The most that the large shop's median latency may be of the small one's. */
  readonly bar: number;
  readonly ratio: Summary;
  /** Median latencies in milliseconds, one caller at a time. */
  readonly small: Summary;
  readonly large: Summary;
  readonly errors: number;
}

const BARS: Readonly<Record<ReadRoute, number>> = {
  'by-id': 1.5,
  list: 1.5,
  'list-deep': 1.5,
  'search-common': 3,
  'search-rare': 3,
};

export async function measureGrowth(
  place: Place,
  smallShop: SeededShop,
  { products, largeProducts, seconds, rounds, onStep }: GrowthOptions,
): Promise<GrowthFigures> {
  onStep(`seeding ${largeProducts} products`);
  const seedBegin = performance.now();
  const largeShop = await place.addShop('bench_large', largeProducts);
  const seedSeconds = (performance.now() - seedBegin) / 1_000;

  // The same words in both: they are found a hundred times as often where there are a hundred times the products.
  const words = await findWords(smallShop.pool);
  const side = async (shop: SeededShop) => {
    const subject = await startMonolith(place, shop);
    return { subject, reads: await readRequests(subject.origin, shop.pool, words) };
  };
  const [small, large] = await Promise.all([side(smallShop), side(largeShop)]);
  const sides = { small, large };

  const once = (name: 'small' | 'large', route: ReadRoute, duration: number) => {
    const { subject, reads } = sides[name];
    return measure(place, [subject], {
      requests: reads[route],
      expected: 200,
      connections: 1,
      seconds: duration,
    });
  };

  const routes: GrowthOfRoute[] = [];
  for (const route of Object.keys(BARS) as ReadRoute[]) {
    const found: Record<'small' | 'large', Measurement[]> = { small: [], large: [] };
    for (const name of ['small', 'large'] as const) await once(name, route, 2 * seconds);
    for (const [round, turn] of inTurn(['small', 'large'] as const, rounds).entries()) {
      onStep(`growth of ${route}, round ${round + 1} of ${rounds}`);
      for (const name of turn) found[name].push(await once(name, route, seconds));
    }
    const medians = (name: 'small' | 'large') => found[name].map(({ p50 }) => p50 / 1_000);
    routes.push({
      route,
      bar: BARS[route],
      ratio: ratios(medians('large'), medians('small')),
      small: summarize(medians('small')),
      large: summarize(medians('large')),
      errors: [...found.small, ...found.large].reduce((sum, { errors }) => sum + errors, 0),
    });
  }
  return { products, largeProducts, seedSeconds, routes };
}
