import { request as httpRequest } from 'node:http';
import { ShopError } from '#platform/errors.ts';
import { until } from '#platform/testing/until.ts';
import { answer, die, hang, startMonolith, type Behaviour } from '../testing.ts';
import type { Call } from './ask-service.ts';
import { startShadow, type Translate, BY_THE_SERVICE } from './testing.ts';

const POSITION = { 'x-position': 'catalog=here,stock=there' };
const LARGE = 'x'.repeat(2_000);
const json = (body: object, headers: Record<string, string> = POSITION): Behaviour =>
  answer(200, JSON.stringify(body), { 'content-type': 'application/json; charset=utf-8', ...headers });
const service =
  (body: object): Translate =>
  () =>
  () =>
    Promise.resolve({ body: { ...body } });
const fails =
  (error: Error): Translate =>
  () =>
  () =>
    Promise.reject(error);
const behind = new ShopError('conflict', 'behind', 'not yet');

/** One read of a product, and what became of its comparison. */
async function oneRead(
  behave: Behaviour,
  translate: Translate,
  options: Parameters<typeof startShadow>[2] = {},
) {
  await using monolith = await startMonolith(behave);
  await using shadow = await startShadow(monolith, translate, options);
  const response = await shadow.gateway.fetch('/products/1');
  await response.text();
  await until(async () => (await shadow.ended()) === 1);
  return { told: await shadow.told(), reports: [...shadow.reports], received: [...monolith.received] };
}

test('what the service answers alike is a match, whatever the order of its members', async () => {
  const { told, received } = await oneRead(json({ a: 1, b: [2] }), service({ b: [2], a: 1 }));
  expect(told).toEqual(['match 1']);
  expect(received).toHaveLength(1);
});

test('what goes on to differ, the monolith holding still, is reported with its position', async () => {
  const { told, reports, received } = await oneRead(json({ id: '1', a: 1 }), service({ id: '1', a: 2 }));
  expect(told).toEqual(['mismatch 1']);
  expect(reports).toMatchObject([
    {
      capability: 'catalog',
      request: { method: 'GET', path: '/products/1' },
      kind: 'changed_field',
      differences: [{ at: 'body.a', monolith: '1', service: '2' }],
      position: 'here',
    },
  ]);
  expect(received.slice(1).map(({ headers }) => headers['x-want-position'])).toEqual(
    Array(4).fill('catalog'),
  );
});

test('the service is asked again after the position of the monolith, until it has come as far', async () => {
  const asked: unknown[] = [];
  const late: Call = ({ metadata = {} }) => {
    asked.push(metadata['x-read-after']);
    if (asked.length === 1) return Promise.resolve({ body: { a: 'old' } });
    return asked.length < 4 ? Promise.reject(behind) : Promise.resolve({ body: { a: 'new' } });
  };
  const { told, reports } = await oneRead(json({ a: 'new' }), () => late);
  expect(told).toEqual(['lag 1']);
  expect(asked).toEqual([undefined, 'here', 'here', 'here']);
  expect(reports).toEqual([]);
});

test.each<[string, Behaviour, Translate]>([
  [
    'behind',
    json({ a: 1 }),
    () =>
      ({ metadata = {} }) =>
        metadata['x-read-after'] === undefined ? Promise.resolve({ body: {} }) : Promise.reject(behind),
  ],
  ['no_position', json({ a: 1 }, {}), service({ a: 2 })],
  ['service_failed', json({ a: 1 }), fails(new ShopError('unavailable', 'unavailable', 'away'))],
  ['service_failed', json({ a: 1 }), fails(new TypeError('a mistake'))],
  [
    'unexpected',
    json({ a: 1 }),
    () => {
      throw new TypeError('a mistake');
    },
  ],
  ['too_slow', json({ a: 1 }), () => () => new Promise(() => undefined)],
  ['monolith_failed', answer(500, '{}'), service({})],
  ['too_large', json({ a: LARGE }), service({ a: LARGE })],
])('it is inconclusive: %s', async (reason, behave, translate) => {
  const { told, reports } = await oneRead(behave, translate, { deadlineMs: 300, maxBytes: 1_000 });
  expect(told).toEqual([`inconclusive ${reason} 1`, 'inconclusive 1'].sort());
  expect(reports).toEqual([]);
});

test('what never holds still is inconclusive, however the service answers', async () => {
  let count = 0;
  const changing: Behaviour = (seen, response) => json({ count: (count += 1) })(seen, response);
  const { told } = await oneRead(changing, service({ count: 0 }));
  expect(told).toEqual(['inconclusive 1', 'inconclusive changing 1']);
});

test('that the service fails where the monolith does not is a mismatch', async () => {
  const { reports } = await oneRead(
    json({ a: 1 }),
    fails(new ShopError('internal', 'internal', 'a mistake')),
  );
  expect(reports.map(({ kind }) => kind)).toEqual(['status']);
});

test('compared with itself, the monolith shows the noise under a label of its own, and nothing is reported', async () => {
  let count = 0;
  const behave: Behaviour = (seen, response) =>
    json({ count: Math.min((count += 1), 2) }, {})(seen, response);
  const { told, reports } = await oneRead(behave, fails(new Error('not asked')), { against: 'monolith' });
  expect(told).toEqual(['lag 1']);
  expect(reports).toEqual([]);
});

test('a monolith that contradicts itself is counted, and is no mismatch of a service', async () => {
  let count = 0;
  const behave: Behaviour = (seen, response) => json({ odd: (count += 1) % 2 })(seen, response);
  const { told, reports } = await oneRead(behave, fails(new Error('not asked')), { against: 'monolith' });
  expect(told).toEqual(['mismatch 1']);
  expect(reports).toEqual([]);
});

test('only whole reads of the capability that the monolith has answered are compared, and of those only the sample', async () => {
  await using monolith = await startMonolith(json({ a: 1 }));
  const luck = [0.5, 0.499];
  const random = () => luck.shift() ?? 0;
  let asked = 0;
  const count: Translate = () => () => Promise.resolve({ body: { a: (asked += 1) && 1 } });
  await using shadow = await startShadow(monolith, count, { percent: 50, random });
  const { gateway } = shadow;
  await gateway.fetch('/products/unlucky');
  await gateway.fetch('/products/lucky');
  await gateway.fetch('/products', { method: 'HEAD' });
  await gateway.fetch('/products/1', { headers: { 'if-none-match': '"1"' } });
  await gateway.fetch('/stock/1');
  await gateway.post('/products');
  await gateway.fetch(BY_THE_SERVICE);
  monolith.behave = die('{"a":');
  await gateway
    .fetch('/products/1')
    .then((response) => response.text())
    .catch(() => undefined);
  monolith.behave = json({ a: 1 });
  await gateway.fetch('/products/2');
  await until(async () => (await shadow.ended()) === 2);
  expect(await shadow.told()).toEqual(['match 2']);
  expect(asked).toBe(2);
});

test('a user has the whole answer while the service hangs, the same bytes, and as they come', async () => {
  await using monolith = await startMonolith();
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256));
  // The rest comes once the beginning has arrived.
  let rest: () => void = () => undefined;
  monolith.behave = (_seen, response) => {
    response.writeHead(200, { 'x-served-by': 'monolith', 'content-type': 'application/octet-stream' });
    response.write(bytes);
    rest = () => void response.end(bytes);
  };
  const never: Translate = () => () => new Promise(() => undefined);
  await using shadow = await startShadow(monolith, never);
  const arrived = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    httpRequest(`${shadow.gateway.url}/products/1`, (response) => {
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (Buffer.concat(chunks).length === bytes.length) rest();
      });
      response.once('end', () => resolve(Buffer.concat(chunks)));
    })
      .once('error', reject)
      .end();
  });
  expect(arrived.equals(Buffer.concat([bytes, bytes]))).toBe(true);
  expect(await shadow.ended()).toBe(0);
});

test('more comparisons than may be under way are left out and counted, and none waits', async () => {
  await using monolith = await startMonolith(json({ a: 1 }));
  let asked = 0;
  const release: (() => void)[] = [];
  const held: Translate = () => () => {
    asked += 1;
    return new Promise((resolve) => release.push(() => resolve({ body: { a: 1 } })));
  };
  await using shadow = await startShadow(monolith, held, { atOnce: 2 });
  for (let read = 0; read < 2; read += 1) {
    await (await shadow.gateway.fetch('/products/1')).text();
    await until(() => asked === read + 1);
  }
  for (let read = 0; read < 5; read += 1) await (await shadow.gateway.fetch('/products/1')).text();
  expect(await shadow.told()).toEqual(['dropped busy 5']);
  for (const letGo of release) letGo();
  await until(async () => (await shadow.ended()) === 7);
  expect(await shadow.told()).toEqual(['dropped busy 5', 'match 2']);
  expect(asked).toBe(2);
});

test('more answers than may be kept aside are left out and counted, and the places of those who hang up are free again', async () => {
  await using monolith = await startMonolith(hang);
  await using shadow = await startShadow(monolith, service({ a: 1 }), { kept: 1 });
  const gone = new AbortController();
  const hanging = shadow.gateway.fetch('/products/1', { signal: gone.signal }).catch(() => undefined);
  await until(() => monolith.received.length === 1);
  monolith.behave = json({ a: 1 });
  await shadow.gateway.fetch('/products/1');
  expect(await shadow.told()).toEqual(['dropped too_many_kept 1']);
  gone.abort();
  await hanging;
  await until(async () => {
    await (await shadow.gateway.fetch('/products/1')).text();
    return (await shadow.told()).some((line) => line.startsWith('match'));
  });
});

test('what is under way when it closes ends at once, and is not counted', async () => {
  await using monolith = await startMonolith(json({ a: 1 }));
  let asked = false;
  const held: Translate = () => () => {
    asked = true;
    return Promise.resolve({ body: { a: 2 } });
  };
  await using shadow = await startShadow(monolith, held, { deadlineMs: 60_000 });
  await (await shadow.gateway.fetch('/products/1')).text();
  await until(() => asked);
  monolith.behave = hang;
  await shadow.close();
  expect(await shadow.told()).toEqual([]);
});
