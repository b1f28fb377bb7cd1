// Seeds a database in a process of its own, for a test that may not import the monolith: <administrator's URL> <products>.
import { runProcess } from '#platform/process.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { seedShop } from '../seed/seed.ts';

const [databaseUrl = '', products] = process.argv.slice(2);

await runProcess('seed', async () => {
  const owners = await withClient(databaseUrl, (admin) =>
    admin.query<{ tableowner: string }>(`SELECT tableowner FROM pg_tables WHERE tablename = 'products'`),
  );
  const ownerRole = owners.rows[0]?.tableowner ?? '';
  // Without a payment provider there are no orders, which no answer of the catalog depends on.
  await seedShop({ databaseUrl, ownerRole, products: Number(products), customers: 1, passwordCost: 4 });
});
