import { Client, Pool } from 'pg';
import { createPositions, type Positions, type Query } from './position.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';
import { until } from './testing/until.ts';

const PLACE = `${'a'.repeat(32)}~1~0/`;

/** What replication installs, as far as the functions' callers can see; and a lock that holds an answer up. */
const INSTALL = `
  CREATE SCHEMA strangler;
  CREATE TABLE strangler.place (at int);
  INSERT INTO strangler.place VALUES (1);
  CREATE FUNCTION strangler.position(capability_schema text) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
  DECLARE seen text := (SELECT '${PLACE}' || at FROM strangler.place);
  BEGIN
    PERFORM pg_advisory_xact_lock_shared(4711);
    RETURN CASE capability_schema WHEN 'catalog' THEN seen END;
  END $$;
  CREATE FUNCTION strangler.has_reached(capability_schema text, wanted text) RETURNS boolean LANGUAGE sql STABLE
  SECURITY DEFINER AS $$
    SELECT capability_schema = 'catalog' AND split_part(wanted, '/', 2)::int <= at FROM strangler.place
  $$;
  GRANT USAGE ON SCHEMA strangler TO PUBLIC`;

let database: TestDatabase;
let pool: Pool;
let admin: Client;
let queries: string[];
let positions: Positions;

const query: Query = async (text, ...values) => {
  queries.push(text);
  return (await pool.query(text, [...values])).rows as never;
};
const asked = (part: string) => queries.filter((text) => text.includes(part)).length;

beforeAll(async () => {
  database = await createTestDatabase('monolith');
  pool = new Pool({ connectionString: database.url, max: 5 });
  pool.on('error', () => undefined);
  admin = new Client({ connectionString: database.adminUrl });
  await admin.connect();
});
beforeEach(async () => {
  await admin.query(INSTALL);
  queries = [];
  positions = createPositions({ query });
});
afterEach(() => admin.query('SELECT pg_advisory_unlock_all(); DROP SCHEMA IF EXISTS strangler CASCADE'));
afterAll(async () => {
  await admin.end();
  await pool.end();
  await database.drop();
});

test('an answer comes from a query that began after the call, however long the one before takes', async () => {
  await positions.now('catalog');
  queries = [];
  await admin.query('SELECT pg_advisory_lock(4711)');
  const before = positions.now('catalog');
  await until(
    async () =>
      (await admin.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).rowCount === 1,
  );
  await admin.query('UPDATE strangler.place SET at = 2');
  const after = [positions.now('catalog'), positions.now('catalog'), positions.now('other')];
  await admin.query('SELECT pg_advisory_unlock(4711)');
  expect(await before).toBe(`${PLACE}1`);
  expect(await Promise.all(after)).toEqual([`${PLACE}2`, `${PLACE}2`, undefined]);
  // Those who called in the meantime have shared one.
  expect(asked('strangler.position(')).toBe(2);
});

test('of many positions that are asked about at once, each has its own answer', async () => {
  await admin.query('UPDATE strangler.place SET at = 5');
  const places = Array.from({ length: 50 }, (_, at) => at % 10);
  const answers = await Promise.all(places.map((at) => positions.hasReached('catalog', `${PLACE}${at}`)));
  expect(answers).toEqual(places.map((at) => at <= 5));
  expect(asked('strangler.has_reached(')).toBeLessThan(3);
});

test('what was reached is asked anew, since a database may lose it', async () => {
  expect(await positions.hasReached('catalog', `${PLACE}1`)).toBe(true);
  await admin.query('UPDATE strangler.place SET at = 0');
  expect(await positions.hasReached('catalog', `${PLACE}1`)).toBe(false);
});

test('what is no position is not reached, and spoils no answer of the others', async () => {
  const answers = await Promise.all(
    ['', 'x', '\0', `${PLACE}1\0`, `${PLACE}1 `, `${PLACE}1`].map((text) =>
      positions.hasReached('catalog', text),
    ),
  );
  expect(answers).toEqual([false, false, false, false, false, true]);
});

test('without replication there is no position, at the price of one look per second', async () => {
  await admin.query('DROP SCHEMA strangler CASCADE');
  const begin = performance.now();
  for (let count = 0; count < 200; count += 1) {
    expect(await positions.now('catalog')).toBeUndefined();
    expect(await positions.hasReached('catalog', `${PLACE}1`)).toBe(false);
  }
  expect(queries.length).toBeLessThanOrEqual(1 + (performance.now() - begin) / 1_000);
  expect(asked('strangler.')).toBe(0);
  await admin.query(INSTALL);
  await until(async () => (await positions.now('catalog')) === `${PLACE}1`);
  expect(await positions.hasReached('catalog', `${PLACE}1`)).toBe(true);
});

test('where the replication is stopped meanwhile, there is none any more', async () => {
  expect(await positions.now('catalog')).toBe(`${PLACE}1`);
  await admin.query('DROP SCHEMA strangler CASCADE');
  expect(await positions.now('catalog')).toBeUndefined();
  expect(await positions.hasReached('catalog', `${PLACE}1`)).toBe(false);
});

test('a database that fails is an error for those who asked it, and not for those who ask later', async () => {
  await positions.now('catalog');
  await admin.query('SELECT pg_advisory_lock(4711)');
  const cut = expect(positions.now('catalog')).rejects.toThrow();
  await until(async () => {
    const held = await admin.query<{ ended: boolean }>(
      `SELECT pg_terminate_backend(pid) AS ended FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`,
    );
    return held.rowCount === 1;
  });
  await cut;
  await admin.query('SELECT pg_advisory_unlock(4711)');
  expect(await positions.now('catalog')).toBe(`${PLACE}1`);
});
