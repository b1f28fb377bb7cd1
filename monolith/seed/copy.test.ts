import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { copyRows, type Table, type Value } from './copy.ts';

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase('monolith');
  client = new Client({ connectionString: database.adminUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const table: Table<readonly Value[]> = { name: 'things', columns: ['number', 'text'], values: (row) => row };

beforeEach(async () => {
  await client.query('CREATE TEMPORARY TABLE things (number int, text text)');
});
afterEach(async () => {
  await client.query('DROP TABLE things');
});

test('every character and the absence of a value arrive as they were', async () => {
  const rows = [
    [1, 'a\tb\nc\r\\.\\N'],
    [2, ''],
    [3, null],
    [4, 'Dún Laoghaire ☕'],
  ];
  expect(await copyRows(client, table, rows)).toBe(4);
  const found = await client.query<{ number: number; text: string }>('SELECT * FROM things ORDER BY number');
  expect(found.rows.map(({ number, text }) => [number, text])).toEqual(rows);
});

test('rows are made as the server takes them, and the number of rows is reported', async () => {
  const seen: number[] = [];
  const wide = 'x'.repeat(1_000);
  function* rows() {
    for (let number = 0; number < 1_000; number += 1) yield [number, wide];
  }
  await copyRows(client, table, rows(), (copied) => seen.push(copied));
  expect(seen.length).toBeGreaterThan(5);
  expect(seen.at(-1)).toBe(1_000);
});

test('a row that cannot be made ends the copy with its error, and leaves the connection usable', async () => {
  function* rows(): Generator<readonly Value[]> {
    yield [1, 'one'];
    throw new Error('no second row');
  }
  await expect(copyRows(client, table, rows())).rejects.toThrow('no second row');
  expect((await client.query('SELECT FROM things')).rowCount).toBe(0);
});

test('a row that the table refuses ends the copy with the reason', async () => {
  await expect(copyRows(client, table, [['no number', 'x']])).rejects.toThrow(/invalid input syntax/);
  expect((await client.query('SELECT FROM things')).rowCount).toBe(0);
});
