// Opens the catalog's database: one Prisma client over one pool, and the ambient transaction.
import { setTimeout as sleep } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient, type Prisma } from '../../generated/prisma/catalog/client.ts';
import { createDatabase, type Database } from '#platform/database.ts';
import { traceQueries } from '#platform/telemetry/queries.ts';

export type CatalogDatabase = Database<PrismaClient, Prisma.TransactionClient>;

export interface OpenDatabase extends CatalogDatabase {
  /** Throws where the database does not answer, or not within a second. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const PING_DEADLINE_MS = 1_000;

/** @param url as the app role, which owns no table. */
export function openDatabase(url: string, poolSize: number): OpenDatabase {
  const client = new PrismaClient({
    adapter: traceQueries(new PrismaPg({ connectionString: url, max: poolSize })),
    // The others show the line of the call in a message, for which each query takes a stack trace, failed or not.
    errorFormat: 'minimal',
  });
  return {
    ...createDatabase<PrismaClient, Prisma.TransactionClient>(client),
    async ping() {
      const late = sleep(PING_DEADLINE_MS, 'late', { ref: false });
      const answer = await Promise.race([client.$queryRaw`SELECT 1`, late]);
      if (answer === 'late') throw new Error('the database did not answer in time');
    },
    close: () => client.$disconnect(),
  };
}
