// Opens the monolith's database: one Prisma client over one pool, and the ambient transaction.
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient, type Prisma } from '../generated/prisma/monolith/client.ts';
import { askingOutside } from '#platform/ask-outside.ts'; // from stage-4
import { createDatabase, type Database } from '#platform/database.ts';
import { traceQueries } from '#platform/telemetry/queries.ts';

export type MonolithDatabase = Database<PrismaClient, Prisma.TransactionClient>;

export interface OpenDatabase extends MonolithDatabase {
  /** Throws where the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** @param url as the app role, which owns no table. */
export function openDatabase(url: string, poolSize: number): OpenDatabase {
  const client = new PrismaClient({
    adapter: traceQueries(new PrismaPg({ connectionString: url, max: poolSize })),
    // The others show the line of the call in a message, for which each query takes a stack trace, failed or not.
    errorFormat: 'minimal',
  });
  const database = createDatabase<PrismaClient, Prisma.TransactionClient>(client);
  return {
    ...database,
    inTransaction: askingOutside(database.inTransaction), // from stage-4
    ping: async () => void (await client.$queryRaw`SELECT 1`),
    close: () => client.$disconnect(),
  };
}
