// The invariant that positions are for, under many writers at once, on real replication: as soon as a side says that it has
// reached a position, it shows everything that was written or seen before that was taken.
import { Pool } from 'pg';
import { createPositions, type Positions } from '#platform/position.ts';
import { startHeartbeats, type Heartbeats } from './heartbeats.ts';
import type { Side } from './replica.ts';
import { replicate } from './replicate.ts';
import { createPair, fill, type Pair } from './testing.ts';

const ACTORS = 40;
const ROUNDS = 40;
const POLL_MS = 5;
/** Rows of a large transaction, which is sent in pieces before it commits. */
const LARGE = 300;

let pair: Pair;
let heartbeats: Heartbeats;
let pools: Record<Side, Pool>;
let positions: Record<Side, Positions>;

beforeAll(async () => {
  pair = await createPair();
  await fill(pair, 50);
  await pair.sql(
    'monolith',
    `ALTER DATABASE ${new URL(pair.urls.monolith).pathname.slice(1)} SET logical_decoding_work_mem = '64kB'`,
  );
  await replicate(pair);
  heartbeats = startHeartbeats(pair);
  const open = (side: Side) => {
    const pool = new Pool({ connectionString: pair.urls[side], max: 10 });
    pool.on('error', () => undefined);
    return pool;
  };
  pools = { monolith: open('monolith'), service: open('service') };
  const of = (side: Side) =>
    createPositions({
      query: async (text, ...values) => (await pools[side].query(text, [...values])).rows as never,
    });
  positions = { monolith: of('monolith'), service: of('service') };
});
afterAll(async () => {
  await Promise.all([pools.monolith.end(), pools.service.end()]);
  await heartbeats.stop();
  await pair.drop();
});

async function rows<Row>(side: Side, text: string, values: unknown[] = []): Promise<readonly Row[]> {
  return (await pools[side].query(text, values)).rows as Row[];
}

async function take(side: Side): Promise<string> {
  const position = await positions[side].now('catalog');
  if (position === undefined) throw new Error(`the ${side} has no position`);
  return position;
}

/** @throws where it takes longer than 20 seconds. */
async function reach(side: Side, position: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await positions[side].hasReached('catalog', position))) {
    if (Date.now() > deadline) throw new Error(`the ${side} never reached ${position}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const many = (act: (actor: number, round: number) => Promise<void>) =>
  Promise.all(
    Array.from({ length: ACTORS }, async (_, actor) => {
      for (let round = 0; round < ROUNDS; round += 1) await act(actor, round);
    }),
  );

test('whoever has written reads it as soon as the other side has reached the position of the write', async () => {
  const missing: string[] = [];
  let trials = 0;
  await many(async (actor, round) => {
    const note = `${actor}-${round}`;
    const count = actor === 0 ? LARGE : 1;
    await pools.monolith.query(
      `INSERT INTO catalog.notes SELECT i, $1 || repeat(' ', 500) FROM generate_series(1, $2::int) AS i`,
      [note, count],
    );
    await reach('service', await take('monolith'));
    const found = await rows('service', `SELECT FROM catalog.notes WHERE note LIKE $1 || ' %'`, [note]);
    if (found.length !== count) missing.push(note);
    trials += 1;
  });
  expect(missing).toEqual([]);
  expect(trials).toBe(ACTORS * ROUNDS);
});

test('whoever has read, at either side, never reads anything older at the service', async () => {
  const COUNTED = 'SELECT quantity FROM catalog.stock_by_region WHERE sku = $1';
  const backwards: string[] = [];
  const read = async (side: Side, sku: number) => {
    const [row] = await rows<{ quantity: number }>(side, COUNTED, [sku]);
    return row?.quantity ?? 0;
  };
  await many(async (actor, round) => {
    // Five who write each row, and see what the others wrote.
    const sku = 1 + (actor % 10);
    const wrote = pools.monolith.query(
      'UPDATE catalog.stock_by_region SET quantity = quantity + 1 WHERE sku = $1',
      [sku],
    );
    const seen = await read('monolith', sku);
    await reach('service', await take('monolith'));
    const then = await read('service', sku);
    await reach('service', await take('service'));
    const atLast = await read('service', sku);
    if (then < seen || atLast < then) backwards.push(`${actor}-${round}: ${seen} ${then} ${atLast}`);
    await wrote;
  });
  expect(backwards).toEqual([]);
});

test('what the service has shown the monolith shows, too, when it has reached that', async () => {
  const older: string[] = [];
  const beatsAt = async (side: Side) => {
    const [row] = await rows<{ beat: string }>(
      side,
      `SELECT beat FROM catalog.heartbeat WHERE side = 'service'`,
    );
    return Number(row?.beat);
  };
  // Nobody writes at the service but its heartbeat.
  await Promise.all(
    Array.from({ length: ACTORS }, async () => {
      for (let round = 0; round < 10; round += 1) {
        const seen = await beatsAt('service');
        await reach('monolith', await take('service'));
        const then = await beatsAt('monolith');
        if (then < seen) older.push(`${seen} ${then}`);
      }
    }),
  );
  expect(older).toEqual([]);
});
