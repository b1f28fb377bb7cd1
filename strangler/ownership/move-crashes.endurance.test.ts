import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '#platform/config.ts';
import { abortMove } from './move-ownership.ts';
import { replicate } from './replicate.ts';
import { otherSide, type Side } from './replica.ts';
import { moveWithRoom } from './testing-room.ts';
import { startTraffic, type Traffic } from './testing-traffic.ts';
import { createWriters, type Writers } from './testing-writers.ts';
import { caughtUp, createPair, fill, rowsOf, until, type Pair } from './testing.ts';

const source = readFileSync(join(import.meta.dirname, 'move-ownership.ts'), 'utf8');
const failpoints = [...source.matchAll(/\bfailpoint\('([^']+)'\)/g)].map(([, name = '']) => name);
/** Reached only where something was aborted. */
const reached = failpoints.filter((name) => name !== 'move.aborted');

let pair: Pair;
let writers: Writers;
let traffic: Traffic;

beforeAll(async () => {
  pair = await createPair();
  await fill(pair, 100);
  writers = await createWriters(pair);
  await replicate(pair);
  traffic = await startTraffic(writers, 2);
});
afterAll(async () => {
  await writers.drop();
  await pair.drop();
});

async function moveUntilKilled(target: Side, failpoint: string): Promise<string | null> {
  const { capability, schema, urls } = pair;
  const words = [target, JSON.stringify({ capability, schema, urls })];
  const child = fork(join(import.meta.dirname, 'testing-mover.ts'), words, {
    env: childEnvironment({ SHOP_FAILPOINT: failpoint }),
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal;
}

async function ownerNow(): Promise<Side> {
  const rows = await Promise.all(
    (['monolith', 'service'] as const).map((side) =>
      pair.sql<{ owner: Side; epoch: number }>(side, 'SELECT owner, epoch::int FROM catalog.ownership'),
    ),
  );
  const [newest] = rows.flat().toSorted((one, other) => other.epoch - one.epoch);
  return newest?.owner as Side;
}

const writing = async () => {
  const before = traffic.acknowledged().length;
  await until(async () => traffic.acknowledged().length > before + 5);
};

test('the source names its failpoints', () => {
  expect(reached.length).toBeGreaterThanOrEqual(6);
});

test.each(reached)(
  'what is left of a move that is killed at %s goes on when it is run again',
  async (failpoint) => {
    const target = otherSide(await ownerNow());
    expect(await moveUntilKilled(target, failpoint)).toBe('SIGKILL');
    expect(await moveWithRoom(pair, target)).toMatchObject({ owner: target });
    await writing();
  },
);

test.each(reached)('what is left of a move that is killed at %s can also go back', async (failpoint) => {
  const before = await ownerNow();
  const target = otherSide(before);
  expect(await moveUntilKilled(target, failpoint)).toBe('SIGKILL');
  const drained = ['move.drained', 'move.confirmed'].includes(failpoint);
  expect(await abortMove(pair, before)).toBe(drained);
  await writing();
  expect(await moveWithRoom(pair, before)).toMatchObject({ owner: before });
  await writing();
});

test('after all of it nothing that was acknowledged is lost or doubled, and both sides have the same', async () => {
  await traffic.stop();
  await moveWithRoom(pair, 'monolith');
  await caughtUp(pair);
  expect(await rowsOf(pair, 'service')).toEqual(await rowsOf(pair, 'monolith'));
  const notes = await pair.sql<{ number: number }>(
    'monolith',
    'SELECT number FROM catalog.notes WHERE number >= 1000',
  );
  const ascending = (one: number, other: number) => one - other;
  expect(notes.map(({ number }) => number).toSorted(ascending)).toEqual(
    traffic.acknowledged().toSorted(ascending),
  );
  expect(traffic.failures()).toEqual([]);
});
