import { Client } from 'pg';
import { listOwners } from '../paths.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

let database: TestDatabase;
let admin: Client;
/** One that is not in a transaction, in which it would see again and again what it saw first. */
let watcher: Client;

beforeAll(async () => {
  database = await createTestDatabase(listOwners()[0] ?? '');
  admin = new Client({ connectionString: database.adminUrl });
  watcher = new Client({ connectionString: database.adminUrl });
  await Promise.all([admin.connect(), watcher.connect()]);
});
afterAll(async () => {
  await Promise.all([admin.end(), watcher.end()]);
  await database.drop();
});

test('a statement that waits for a lock ends when its process is gone, and does not wait in its name', async () => {
  await admin.query('CREATE TABLE locked ()');
  await admin.query('GRANT SELECT ON locked TO PUBLIC');
  await admin.query('BEGIN');
  await admin.query('LOCK TABLE locked');

  const dying = new Client({ connectionString: database.url });
  dying.on('error', () => undefined);
  await dying.connect();
  const { rows } = await dying.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  // Or that would end it, in a moment.
  await dying.query('SET transaction_timeout = 0');
  const states = async () =>
    (
      await watcher.query<{ event: string | null }>(
        'SELECT wait_event_type AS event FROM pg_stat_activity WHERE pid = $1',
        [rows[0]?.pid],
      )
    ).rows.map(({ event }) => event);

  dying.query('SELECT FROM locked').catch(() => undefined);
  while ((await states())[0] !== 'Lock') await new Promise((resolve) => setTimeout(resolve, 10));
  (dying as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  while ((await states()).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await admin.query('ROLLBACK');
});
