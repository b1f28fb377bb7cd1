import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Client, escapeIdentifier } from 'pg';
import { FORWARD, streamName } from './replica.ts';
import { replicate } from './replicate.ts';
import { askPair, type Asking } from './testing-positions.ts';
import { caughtUp, createPair, giveToService, until, type Pair } from './testing.ts';

let pair: Pair;
let asking: Asking;

beforeAll(async () => {
  pair = await createPair();
  asking = askPair(pair);
});
afterEach(() => pair.renew());
afterAll(() => pair.drop());

test('a position names an incarnation of its own, the epoch, and a place in the log', async () => {
  await replicate(pair);
  const [atMonolith, atService] = [await asking.positionAt('monolith'), await asking.positionAt('service')];
  expect(atMonolith).toMatch(/^[0-9a-f]{32}~1~[0-9A-F]+\/[0-9A-F]+$/);
  expect(atService).toMatch(/^[0-9a-f]{32}~1~[0-9A-F]+\/[0-9A-F]+$/);
  expect(atMonolith?.slice(0, 32)).not.toBe(atService?.slice(0, 32));
});

test('a database has reached whatever it said itself, and nothing beyond its own log', async () => {
  await replicate(pair);
  for (const side of ['monolith', 'service'] as const) {
    const position = (await asking.positionAt(side)) ?? '';
    expect(await asking.hasReached(side, position)).toBe(true);
    expect(await asking.hasReached(side, position.replace(/[^~]+$/, 'FFFFFFFF/FFFFFFFF'))).toBe(false);
  }
});

test('the other side has reached a position when a heartbeat written after it has come, and not before', async () => {
  await replicate(pair);
  const position = await asking.positionAt('monolith');
  await caughtUp(pair);
  expect(await asking.hasReached('service', position)).toBe(false);
  await asking.beat('monolith');
  await until(() => asking.hasReached('service', position));
  const back = await asking.positionAt('service');
  expect(await asking.hasReached('monolith', back)).toBe(false);
  await asking.beat('service');
  await until(() => asking.hasReached('monolith', back));
});

test('a higher epoch that has come has reached what was said under a lower one, and not the other way round', async () => {
  await replicate(pair);
  const { incarnation, lsn } = await asking.reachedPosition();
  const later = `${incarnation}~1~FFFFFFFF/FFFFFFFF`;
  expect(await asking.hasReached('service', later)).toBe(false);
  expect(await asking.hasReached('service', `${incarnation}~2~${lsn}`)).toBe(false);
  await giveToService(pair);
  await until(() => asking.hasReached('service', later));
  expect(await asking.hasReached('service', `${incarnation}~2~${lsn}`)).toBe(true);
  expect(await asking.hasReached('service', `${incarnation}~3~${lsn}`)).toBe(false);
  expect(await asking.hasReached('service', `${'0'.repeat(32)}~1~${lsn}`)).toBe(false);
});

test('what is not known is not reached, whatever it looks like', async () => {
  await replicate(pair);
  const { incarnation, epoch, lsn, text } = await asking.reachedPosition();
  for (const wrong of [
    null,
    '',
    text.toUpperCase(),
    ` ${text}`,
    `${text}\n`,
    `${text}~`,
    `${incarnation}~${epoch}`,
    `${incarnation}~0~${lsn}`,
    `${incarnation}~-1~${lsn}`,
    `${incarnation}~01~${lsn}`,
    `${incarnation}~99999999999999999999~${lsn}`,
    `${incarnation}~${epoch}~0/123456789`,
    `${incarnation}~${epoch}~0`,
    `${randomUUID().replaceAll('-', '')}~${epoch}~${lsn}`,
  ])
    expect([wrong, await asking.hasReached('service', wrong)]).toEqual([wrong, false]);
  for (const schema of ['', 'public', 'strangler', 'pg_catalog', 'catalog"', 'Catalog', 'nowhere', "'; --"]) {
    expect([schema, await asking.hasReached('service', text, schema)]).toEqual([schema, false]);
    expect([schema, await asking.positionAt('monolith', schema)]).toEqual([schema, null]);
  }
});

test('any text is answered with no, and never with an error', async () => {
  await replicate(pair);
  const { incarnation } = await asking.reachedPosition();
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('~', '/', '1', '0', 'F', incarnation, "'", '"', '%', '\\', '--', '0/1'),
  );
  // PostgreSQL has no text with a NUL or half a character.
  const text = fc
    .array(piece, { maxLength: 8 })
    .map((pieces) => pieces.join('').replaceAll('\0', ''))
    .filter((each) => each.isWellFormed());
  const service = new Client({ connectionString: pair.urls.service });
  await service.connect();
  const ask = async (schema: string, position: string) =>
    (
      await service.query<{ reached: boolean }>('SELECT strangler.has_reached($1, $2) AS reached', [
        schema,
        position,
      ])
    ).rows[0]?.reached;
  const form = /^[0-9a-f]{32}~[1-9][0-9]*~[0-9A-F]+\/[0-9A-F]+$/;
  try {
    await fc.assert(
      fc.asyncProperty(text, text, async (schema, position) => {
        expect(await ask(schema, position)).toBe(false);
        if (!form.test(position)) expect(await ask('catalog', position)).toBe(false);
      }),
      { numRuns: 500 },
    );
  } finally {
    await service.end();
  }
});

test('of two places in the log the later one is never reached before the earlier one', async () => {
  await replicate(pair);
  const { incarnation } = await asking.reachedPosition();
  const [row] = await pair.sql<{ at: string }>(
    'service',
    `SELECT (position - '0/0')::text AS at FROM catalog.heartbeat WHERE side = 'monolith'`,
  );
  const here = BigInt(row?.at ?? 0);
  const lsn = (place: bigint) =>
    `${(place >> 32n).toString(16)}/${(place & 0xffffffffn).toString(16)}`.toUpperCase();
  const service = new Client({ connectionString: pair.urls.service });
  await service.connect();
  const place = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.bigInt({ min: -9n, max: 9n }).map((step) => here + step),
  );
  try {
    await fc.assert(
      fc.asyncProperty(place, async (at) => {
        const { rows } = await service.query<{ reached: boolean }>(
          `SELECT strangler.has_reached('catalog', $1) AS reached`,
          [`${incarnation}~1~${lsn(at)}`],
        );
        expect([at, rows[0]?.reached]).toEqual([at, at <= here]);
      }),
      { numRuns: 500 },
    );
  } finally {
    await service.end();
  }
});

test.each([
  [
    'is being copied',
    `UPDATE pg_subscription_rel SET srsubstate = 'd' WHERE srrelid = 'catalog.notes'::regclass`,
  ],
  ['has not been subscribed', 'CREATE TABLE catalog.newcomer (id uuid PRIMARY KEY)'],
])('nothing is reached while a table %s', async (_what, change) => {
  await replicate(pair);
  const { text } = await asking.reachedPosition();
  const own = await asking.positionAt('service');
  // Otherwise PostgreSQL sees to the table by itself, and may be done before it is asked.
  const name = escapeIdentifier(streamName(pair, FORWARD));
  await pair.sql('service', `ALTER SUBSCRIPTION ${name} DISABLE`);
  await pair.sql('service', change);
  expect(await asking.hasReached('service', text)).toBe(false);
  expect(await asking.hasReached('service', own)).toBe(true);
});
