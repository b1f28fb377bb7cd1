import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { loginUrl, withClient } from '#platform/postgres/owners.ts';
import type { Side } from './replica.ts';
import { replicate } from './replicate.ts';
import { createPair, type Pair } from './testing.ts';

let pair: Pair;

beforeAll(async () => {
  pair = await createPair();
});
afterEach(() => pair.renew());
afterAll(() => pair.drop());

describe('a login that may do nothing but connect', () => {
  const role = `positions_${randomUUID().slice(0, 8)}`;
  beforeAll(() => pair.sql('monolith', `CREATE ROLE ${role} LOGIN PASSWORD 'pw'`));
  afterAll(() => pair.sql('monolith', `DROP OWNED BY ${role}; DROP ROLE ${role}`));
  const as = <T>(side: Side, use: (client: Client) => Promise<T>) =>
    withClient(loginUrl(pair.urls[side], role, 'pw'), use);

  test('may ask both functions, and read and change nothing of replication itself', async () => {
    await replicate(pair);
    for (const side of ['monolith', 'service'] as const)
      await as(side, async (client) => {
        const { rows } = await client.query<{ reached: boolean }>(
          `SELECT strangler.has_reached('catalog', strangler.position('catalog')) AS reached`,
        );
        expect(rows).toEqual([{ reached: true }]);
        for (const forbidden of [
          'SELECT FROM strangler.identity',
          'SELECT strangler.self()',
          'SELECT FROM catalog.heartbeat',
          'CREATE TABLE strangler.own (id int)',
        ])
          await expect(client.query(forbidden)).rejects.toMatchObject({ code: '42501' });
      });
  });

  test('cannot have its own code run with the rights of their owner', async () => {
    await replicate(pair);
    await pair.sql('monolith', `CREATE SCHEMA trap AUTHORIZATION ${role}`);
    await as('monolith', async (client) => {
      await client.query(`
        CREATE TABLE trap.ran (who text);
        GRANT ALL ON SCHEMA trap TO PUBLIC; GRANT ALL ON trap.ran TO PUBLIC;
        CREATE FUNCTION trap.run() RETURNS bigint LANGUAGE plpgsql AS $$
          BEGIN INSERT INTO trap.ran VALUES (current_user); RETURN 1; END $$;
        CREATE VIEW trap.ownership AS SELECT trap.run() AS epoch;
        CREATE VIEW trap.heartbeat AS SELECT 'service' AS side, trap.run() AS position, '' AS incarnation;
        CREATE TEMP VIEW ownership AS SELECT trap.run() AS epoch;
        CREATE TEMP VIEW heartbeat AS SELECT 'service' AS side, '0/1'::pg_lsn AS position, '' AS incarnation;
        SET search_path = trap, pg_temp, public`);
      const { rows: own } = await client.query<{ name: string }>(
        'SELECT nspname AS name FROM pg_namespace WHERE oid = pg_my_temp_schema()',
      );
      for (const schema of ['trap', 'pg_temp', own[0]?.name]) {
        const { rows } = await client.query(
          `SELECT strangler.position($1) AS position, strangler.has_reached($1, repeat('0', 32) || '~1~0/1') AS reached`,
          [schema],
        );
        expect(rows).toEqual([{ position: null, reached: false }]);
      }
      const { rows } = await client.query<{ position: string }>(`SELECT strangler.position('catalog')`);
      expect(rows[0]?.position).toMatch(/~1~/);
      expect((await client.query('SELECT * FROM trap.ran')).rows).toEqual([]);
    });
    await pair.sql('monolith', `DROP SCHEMA trap CASCADE`);
  });
});
