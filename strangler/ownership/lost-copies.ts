// Copies that a crash of the service's PostgreSQL has cut off where PostgreSQL itself cannot go on: the last step of a
// copy is to drop its slot at the monolith, in a transaction that writes down that the slot is needed no more. If that
// is lost, its worker asks for the slot for ever, and only the log says so.
import { SetupError } from '#platform/setup-error.ts';
import { databaseOf, FORWARD, streamName, type Replica, type Side } from './replica.ts';
import type { SideDatabase } from './side-database.ts';
import { sql } from './sql.ts';
import { disableSubscription, enableSubscription, endWorkers, slotExists } from './subscriptions.ts';

type Sides = Readonly<Record<Side, SideDatabase>>;

/** @returns tables whose copy will never be complete; none that is just being completed. */
export async function findLostCopies(replica: Replica, { monolith, service }: Sides): Promise<string[]> {
  const copied = () =>
    service.query<{ table: string; slot: string; hasWorker: boolean }>(
      sql('copied-tables', { name: streamName(replica, FORWARD) }),
    );
  const lost: string[] = [];
  for (const { table, slot } of await copied()) if (!(await slotExists(monolith, slot))) lost.push(table);
  if (lost.length === 0) return [];
  // The worker that dropped the slot may not have committed yet. It has ended without that only where none runs, and
  // the table is thereafter as it was.
  const idle = (await copied()).filter(({ hasWorker }) => !hasWorker).map(({ table }) => table);
  const still = new Set((await copied()).map(({ table }) => table));
  return lost.filter((table) => idle.includes(table) && still.has(table));
}

/**
 * Copies these tables from their beginning; call it under the lock of replicate.
 * @throws {SetupError} where the login may not.
 */
export async function copyAgain(
  replica: Replica,
  service: SideDatabase,
  tables: readonly string[],
): Promise<void> {
  const { capability, schema } = replica;
  if (!service.superuser) {
    throw new SetupError(
      `the copy of ${tables.join(', ')} was cut off by a crash, and a login that is no superuser cannot begin it again: ` +
        `npm run switch -- stop ${capability} --empty-service, then replicate again`,
    );
  }
  const name = streamName(replica, FORWARD);
  const origin = `strangler_copy_${databaseOf(service.url)}`;
  await disableSubscription(replica, service, FORWARD);
  await endWorkers(replica, service, FORWARD);
  try {
    for (const table of tables) {
      await service.query(sql('copy-again', { schema, table, name, origin }));
      await service.query(sql('forget-origin', { origin }));
    }
  } finally {
    await enableSubscription(replica, service, FORWARD);
  }
}
