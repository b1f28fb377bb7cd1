import { openGround, type Ground } from './testing/ground.ts';
import { startMonolith, type MonolithProcess } from './testing/monolith-process.ts';

let ground: Ground;
const running: MonolithProcess[] = [];

beforeAll(async () => {
  ground = await openGround();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((monolith) => monolith.stop()));
});
afterAll(() => ground.close());

async function start(settings?: Record<string, string>): Promise<MonolithProcess> {
  const monolith = await startMonolith(ground, settings);
  running.push(monolith);
  return monolith;
}

const ATTEMPTS = 12;

/** Guesses a password, each time in the name of another address. @returns the statuses. */
async function guessFromManyPlaces(
  { url }: MonolithProcess,
  email: string,
  forwarded: (n: number) => string,
) {
  const statuses: number[] = [];
  for (let n = 1; n <= ATTEMPTS; n += 1) {
    const response = await fetch(`${url}/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': forwarded(n) },
      body: JSON.stringify({ email, password: 'wrong' }),
    });
    statuses.push(response.status);
  }
  return statuses;
}

test('without a trusted proxy a caller cannot say where it comes from, and guesses in vain', async () => {
  const statuses = await guessFromManyPlaces(await start(), 'a@shop.test', (n) => `192.0.2.${n}`);
  expect(statuses.slice(-2)).toEqual([429, 429]);
});

test('behind a trusted proxy the address that it names is the one that counts', async () => {
  const monolith = await start({ SHOP_TRUST_PROXY: '1' });
  const spread = await guessFromManyPlaces(monolith, 'b@shop.test', (n) => `192.0.2.${n}`);
  expect(spread).toEqual(Array<number>(ATTEMPTS).fill(401));
  // What a caller wrote there itself stands further to the left, and is not believed.
  const forged = await guessFromManyPlaces(monolith, 'c@shop.test', (n) => `192.0.2.${n}, 198.51.100.1`);
  expect(forged.slice(-2)).toEqual([429, 429]);
});

test('the route of an answer is told to a trusted proxy alone', async () => {
  const route = async ({ url }: MonolithProcess, path: string) =>
    (await fetch(url + path)).headers.get('x-route');
  const behind = await start({ SHOP_TRUST_PROXY: '1' });
  expect(await route(behind, '/products/none')).toBe('/products/:id');
  expect(await route(behind, '/nothing/at/all')).toBe('unmatched');
  expect(await route(await start(), '/products/none')).toBeNull();
});
