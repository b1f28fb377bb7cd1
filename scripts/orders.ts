// npm run orders: what an operator does about orders that the shop cannot settle by itself.
import { Command } from 'commander';
import { z } from 'zod';
import { ensureGenerated } from '#platform/generated.ts';
import { dataFolder } from '#platform/paths.ts';
import { databaseUrl, loginUrl, ownerNames, rolePassword } from '#platform/postgres/owners.ts';
import { databaseExists, openServer, stopIfUnused } from '#platform/postgres/server.ts';
import { runProcess } from '#platform/process.ts';
import { openSecrets } from '#platform/secrets.ts';
import { SetupError } from '#platform/setup-error.ts';
import type { OrdersRepository } from '../monolith/modules/orders/repository.ts';

const PREFIX = 'shop';

const program = new Command('npm run orders --').description(
  'Orders that were parked, because settling them failed again and again.',
);

program
  .command('parked')
  .description('list them, the oldest first, and why')
  .option('--json', 'print one object')
  .action((options: { json?: true }) =>
    run(async (orders) => {
      const parked = await orders.listParked();
      if (options.json) return console.log(JSON.stringify({ parked }));
      for (const { id, placedAt, reason } of parked)
        console.log(`${id}  placed ${placedAt.toISOString()}  ${reason}`);
      if (parked.length === 0) console.log('no order is parked');
    }),
  );

program
  .command('retry <id>')
  .description('let the running shop try one again, once what stood in the way is put right')
  .action((id: string) =>
    run(async (orders) => {
      if (!z.uuid().safeParse(id).success) throw new SetupError(`${id} is not the id of an order`);
      if (!(await orders.unpark(id)))
        throw new SetupError(`no order with the id ${id} is parked: npm run orders -- parked`);
      console.log(`the settlement worker takes ${id} up within a second, if the shop runs`);
    }),
  );

async function run(verb: (orders: OrdersRepository) => Promise<void>): Promise<void> {
  await runProcess('npm run orders', async () => {
    ensureGenerated();
    const { openDatabase } = await import('../monolith/database.ts');
    const { createOrdersRepository } = await import('../monolith/modules/orders/repository.ts');
    const secrets = openSecrets(dataFolder());
    const server = await openServer({ folder: dataFolder(), secrets });
    const { database, appRole } = ownerNames(PREFIX, 'monolith');
    try {
      if (!(await databaseExists(server.adminUrl, database)))
        throw new SetupError('there is no shop yet: npm start');
      const password = rolePassword(secrets.roleSecret, appRole);
      const shop = openDatabase(loginUrl(databaseUrl(server.adminUrl, database), appRole, password), 1);
      await verb(createOrdersRepository(shop)).finally(() => shop.close());
    } finally {
      await stopIfUnused(server, PREFIX);
    }
  });
}

await program.parseAsync();
