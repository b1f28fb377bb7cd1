import { createOwnershipReader } from '#platform/ownership.ts';
import { openDatabase, type OpenDatabase } from '../../database.ts';
import { openGround, type Ground } from '../../testing/ground.ts';

let ground: Ground;
let database: OpenDatabase;

beforeAll(async () => {
  ground = await openGround();
  database = openDatabase(ground.databaseUrl, 3);
});
afterAll(async () => {
  await database.close();
  await ground.close();
});

test('a transaction that looks who owns outlives the end of the replication', async () => {
  const readOwnership = createOwnershipReader(database.current, 'catalog');
  await ground.sql(
    `CREATE TABLE catalog.ownership AS SELECT 'monolith' AS owner, 1 AS epoch, 'ACTIVE' AS state`,
  );
  await ground.sql('GRANT SELECT ON catalog.ownership TO PUBLIC');
  const right = { owner: 'monolith', epoch: 1, state: 'ACTIVE' };
  expect(await readOwnership()).toEqual(right);
  expect(await database.inTransaction(readOwnership)).toEqual(right);

  await database.inTransaction(async () => {
    await database.current().$queryRawUnsafe('SELECT 1');
    await ground.sql('DROP TABLE catalog.ownership');
    expect(await readOwnership()).toBeUndefined();
    // It still answers.
    expect(await database.current().$queryRawUnsafe('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
