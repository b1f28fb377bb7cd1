import { translateDatabaseError } from '#platform/database.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { openDatabase, type OpenDatabase } from './database.ts';

let testDatabase: TestDatabase;
let database: OpenDatabase;

beforeAll(async () => {
  testDatabase = await createTestDatabase('monolith');
  const { adminUrl } = testDatabase;
  // Long before it ends a transaction for its age, however slow the machine is.
  await withClient(adminUrl, (admin) =>
    admin.query(`ALTER DATABASE ${new URL(adminUrl).pathname.slice(1)} SET deadlock_timeout = '100ms'`),
  );
  database = openDatabase(testDatabase.url, 5);
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

/** Resolves for all when so many have come: what is to happen at the same time is held by it, not by a clock. */
function meeting(size: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let come = 0;
  return () => {
    come += 1;
    if (come === size) resolve();
    return promise;
  };
}

const insert = (slug: string) => database.current().category.create({ data: { slug, name: slug } });
const count = (slug: string) => database.current().category.count({ where: { slug } });

test('what is done inside a transaction that fails is undone', async () => {
  const failing = database.inTransaction(async () => {
    await insert('undone');
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await count('undone')).toBe(0);
});

test('an inner transaction joins the outer one', async () => {
  const failing = database.inTransaction(async () => {
    await database.inTransaction(() => insert('joined'));
    expect(await count('joined')).toBe(1);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await count('joined')).toBe(0);
});

test('transactions that run at the same time do not see each other', async () => {
  const bothInserted = meeting(2);
  const bothCounted = meeting(2);
  await Promise.all(
    ['a', 'b'].map((slug) =>
      database.inTransaction(async () => {
        await insert(slug);
        await bothInserted();
        expect(await database.current().category.count({ where: { slug: { in: ['a', 'b'] } } })).toBe(1);
        await bothCounted();
      }),
    ),
  );
  expect((await count('a')) + (await count('b'))).toBe(2);
});

test('a deadlock is tried again, and both transactions succeed', async () => {
  await insert('left');
  await insert('right');
  const touch = (slug: string) =>
    database.current().category.update({ where: { slug }, data: { name: { set: `${slug}!` } } });
  const bothHoldOne = meeting(2);
  let runs = 0;
  const cross = (first: string, second: string) =>
    database.inTransaction(async () => {
      runs += 1;
      await touch(first);
      await bothHoldOne();
      await touch(second);
    });
  await Promise.all([cross('left', 'right'), cross('right', 'left')]);
  expect(runs).toBeGreaterThan(2);
});

test('a transaction that is held open for too long is ended by the server, and the caller may try again', async () => {
  const idle = database.inTransaction(async () => {
    await count('a');
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    await count('a');
  });
  const error: unknown = await idle.catch((cause: unknown) => cause);
  expect(translateDatabaseError(error)).toMatchObject({ kind: 'unavailable' });
});

test('a database that is away is an expected failure, and a bug is not', async () => {
  const away = openDatabase('postgresql://shop:pw@127.0.0.1:1/shop', 1);
  const error: unknown = await away.ping().catch((cause: unknown) => cause);
  expect(translateDatabaseError(error)).toMatchObject({ kind: 'unavailable', details: { retryAfter: 1 } });
  expect(translateDatabaseError(new TypeError('x is not a function'))).toBeUndefined();
  await away.close();
});
