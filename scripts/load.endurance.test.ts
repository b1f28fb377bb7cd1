import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { LoadReport } from '../load/report.ts';
import { startFakeShop, type FakeShop, type Spoil } from '../load/testing.ts';
import { projectRoot } from '#platform/paths.ts';
import { newPlace, run, startShop } from './testing.ts';

const lastObject = (output: string) => JSON.parse(output.trim().split('\n').at(-1) ?? '') as LoadReport;
const errorLines = (output: string) => output.split('\n').filter((line) => line.startsWith('npm run load: '));

let fake: FakeShop | undefined;
afterEach(async () => {
  await fake?.stop();
  fake = undefined;
});
const fakeShop = async (spoil?: Spoil) => (fake = await startFakeShop(spoil));

test('customers and the administrator use the real shop, and nothing unexpected happens', async () => {
  const place = await newPlace();
  const shop = await startShop(place.environment, '--temporary');
  try {
    // Twice as many carts as actions a second: on a busy machine nobody waits long for a cart.
    const words = ['--rate', '10', '--duration', '12', '--warmup', '0', '--customers', '20', '--json'];
    const { code, output } = await run('load', { SHOP_URL: shop.shop }, ...words);
    // With --json the object comes last where nothing is wrong; else a line about that follows it.
    const report = JSON.parse(/^\{.*\}$/m.exec(output)?.[0] ?? '') as LoadReport;
    expect(report).toMatchObject({ unexpected: 0, stale: 0, unexpectedBy: {}, arrivals: 120, seconds: 12 });
    expect(code).toBe(report.verdict === 'passed' ? 0 : 1);
    expect(report.verdict).not.toBe('failed');

    const { browse, cart, index, checkout, patch, stock, create, readBack } = report.actions;
    const requests = (step: typeof browse) => step?.requests ?? 0;
    const writes = requests(patch) + requests(stock) + requests(create);
    expect(report.checkouts.confirmed).toBeGreaterThan(0);
    expect(writes).toBeGreaterThan(0);
    expect(requests(readBack)).toBe(writes);
    expect(report.readBack).toBe(writes);
    expect(Math.abs(requests(browse) - 120 * 0.95 * (10 / 17))).toBeLessThan(20);
    expect(Math.abs(requests(cart) - 120 * 0.95 * (3 / 17))).toBeLessThan(15);
    expect(requests(index) + requests(checkout)).toBeGreaterThan(0);
    expect(report.servedBy).toEqual({
      monolith: expect.objectContaining({ requests: report.requests }) as unknown,
    });
    expect(report.latencyMs.max).toBeGreaterThan(0);
  } finally {
    await shop.stop();
    place.remove();
  }
});

test('an unexpected answer makes the exit code 1, and is named in the output', async () => {
  const { url } = await fakeShop(({ path }, { answer }) => {
    if (path === '/cart') answer(500, { code: 'internal' });
    return path === '/cart';
  });
  const { code, output } = await run(
    'load',
    {},
    '--url',
    url,
    '--duration',
    '1',
    '--warmup',
    '0',
    '--customers',
    '2',
  );
  expect(code).toBe(1);
  expect(output).toMatch(/^unexpected: \d+ × cart 500 internal$/m);
  expect(output).toMatch(/^ {2}GET \/cart → 500 internal \(by reader, x-request-id load-\S+\)$/m);
  expect(errorLines(output)).toEqual([
    expect.stringMatching(/^npm run load: failed: \d+ unexpected answers/),
  ]);
});

test.each([
  [
    ['--url', 'http://127.0.0.1:1'],
    /^npm run load: the shop does not answer at http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\): npm start$/,
  ],
  [['--url', 'http://shop.example'], /^npm run load: shop\.example is not this machine: add --allow-remote /],
  [['--mix', 'browse'], /^npm run load: the mix "browse" is not of the form browse=10,/],
  [['--rate', '0'], /^npm run load: the rate must be above 0 and at most 10000 a second$/],
  [
    ['--rate', 'fast'],
    /^error: option '--rate <n>' argument 'fast' is invalid\. It must be a whole number\.$/,
  ],
])('%j ends in one line, with code 1', async (words, line) => {
  const { code, output } = await run('load', {}, ...words);
  expect(output.trim()).toMatch(line);
  expect(code).toBe(1);
});

test('Ctrl-C ends a run early, and what was measured is printed', async () => {
  const traffic = Promise.withResolvers<void>();
  const { url } = await fakeShop(({ path }) => {
    if (path === '/cart') traffic.resolve();
    return false;
  });
  const words = ['--url', url, '--duration', '600', '--warmup', '0', '--customers', '2', '--json'];
  const child = spawn(process.execPath, ['scripts/load.ts', ...words], { cwd: projectRoot });
  const printed = text(child.stdout);
  await traffic.promise;
  child.kill('SIGINT');
  await once(child, 'exit');
  const report = lastObject(await printed);
  expect(report.seconds).toBeLessThan(60);
  expect(report.requests).toBeGreaterThan(0);
});
