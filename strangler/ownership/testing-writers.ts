// Logins that may write a pair's rows and nothing more, as the shop's own processes have them.
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { loginUrl } from '#platform/postgres/owners.ts';
import type { Side } from './replica.ts';
import type { Pair } from './testing.ts';

export interface Writers {
  readonly role: string;
  /** A session as that role. */
  readonly connect: (side: Side) => Promise<Client>;
  readonly drop: () => Promise<void>;
}

/** Call it before the pair is replicated: what stands by then may be written, and no more. */
export async function createWriters(pair: Pick<Pair, 'sql' | 'urls'>): Promise<Writers> {
  const role = `writer_${randomUUID().slice(0, 8)}`;
  const clients: Client[] = [];
  await pair.sql('monolith', `CREATE ROLE ${role} LOGIN PASSWORD 'pw'`);
  for (const side of ['monolith', 'service'] as const)
    await pair.sql(
      side,
      `GRANT USAGE ON SCHEMA catalog TO ${role};
       GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA catalog TO ${role}`,
    );
  return {
    role,
    async connect(side) {
      const client = new Client({ connectionString: loginUrl(pair.urls[side], role, 'pw') });
      client.on('error', () => undefined);
      await client.connect();
      clients.push(client);
      return client;
    },
    async drop() {
      await Promise.all(clients.map((client) => client.end()));
      for (const side of ['monolith', 'service'] as const) await pair.sql(side, `DROP OWNED BY ${role}`);
      await pair.sql('monolith', `DROP ROLE ${role}`);
    },
  };
}
