import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '#platform/config.ts';
import { replicate } from './replicate.ts';
import { stop } from './stop.ts';
import { caughtUp, createPair, fill, rowsOf, type Pair } from './testing.ts';

/** Every failpoint that this folder's source names, by its verb. */
const failpoints = readdirSync(import.meta.dirname)
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .flatMap((path) => [
    ...readFileSync(join(import.meta.dirname, path), 'utf8').matchAll(/\bfailpoint\('([^']+)'\)/g),
  ])
  .map(([, name = '']) => name);
const of = (verb: string) => failpoints.filter((name) => name.startsWith(`${verb}.`));

let pair: Pair;

beforeAll(async () => {
  pair = await createPair();
});
beforeEach(() => fill(pair, 100));
afterEach(() => pair.renew());
afterAll(() => pair.drop());

/** @returns the signal that ended it. */
async function runUntilKilled(verb: 'replicate' | 'stop', failpoint: string): Promise<string | null> {
  const { capability, schema, urls } = pair;
  const words = [verb, JSON.stringify({ capability, schema, urls })];
  const child = fork(join(import.meta.dirname, 'testing-coordinator.ts'), words, {
    env: childEnvironment({ SHOP_FAILPOINT: failpoint }),
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal;
}

test('the source names failpoints, each once', () => {
  expect(of('replicate').length).toBeGreaterThanOrEqual(12);
  expect(of('stop').length).toBeGreaterThanOrEqual(3);
  expect(new Set(failpoints).size).toBe(failpoints.length);
});

test.each(of('replicate'))(
  'a coordinator that is killed at %s leaves nothing that the next one does not complete',
  async (failpoint) => {
    expect(await runUntilKilled('replicate', failpoint)).toBe('SIGKILL');
    await replicate(pair);
    await pair.sql('monolith', `UPDATE catalog.products SET name = 'After ' || name`);
    await caughtUp(pair);
    expect(await rowsOf(pair, 'service')).toEqual(await rowsOf(pair, 'monolith'));
    await stop(pair);
    expect(await pair.traces()).toEqual([]);
  },
);

test.each(of('replicate'))('what one leaves that is killed at %s can also be removed', async (failpoint) => {
  expect(await runUntilKilled('replicate', failpoint)).toBe('SIGKILL');
  await stop(pair, { emptyService: true });
  expect(await pair.traces()).toEqual([]);
  expect((await rowsOf(pair, 'service'))['products']).toEqual([]);
});

test.each(of('stop'))(
  'a stop that is killed at %s is ended by the next, and then all begins afresh',
  async (failpoint) => {
    await replicate(pair);
    expect(await runUntilKilled('stop', failpoint)).toBe('SIGKILL');
    await stop(pair, { emptyService: true });
    expect(await pair.traces()).toEqual([]);
    await replicate(pair);
    expect(await rowsOf(pair, 'service')).toEqual(await rowsOf(pair, 'monolith'));
  },
);
