// What must hold when the seam is cut: the same for customers, and nothing of the catalog behind its front door.
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client, escapeIdentifier } from 'pg';
import { newId } from '#platform/ids.ts';
import { withClient } from '#platform/postgres/owners.ts';
import { projectRoot } from '#platform/paths.ts';
import { openDatabase } from '../../monolith/database.ts';
import { createCatalog, type Catalog } from '../../monolith/modules/catalog/catalog.ts';
import { createCatalogRepository } from '../../monolith/modules/catalog/repository.ts';
import type { Check, CheckGround } from '../exercise.ts';
import type { Database, WishlistsModule } from './ground.ts';
import { shop } from './scenario.ts';

const FRONT_DOOR = join(projectRoot, 'monolith/modules/catalog/catalog.ts');
const ADAPTER = 'adapters/catalog.local.ts';

const RIGHTS = (role: string, database: string) => `
  CREATE ROLE ${role} LOGIN PASSWORD '${role}';
  GRANT CONNECT ON DATABASE ${escapeIdentifier(database)} TO ${role};
  GRANT USAGE ON SCHEMA wishlists TO ${role};
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA wishlists TO ${role}`;

const FOREIGN_KEYS = `
  SELECT conname AS name, format('%s.%s', relnamespace::regnamespace, relname) AS target
  FROM pg_constraint JOIN pg_class ON pg_class.oid = confrelid
  WHERE contype = 'f' AND connamespace = 'wishlists'::regnamespace AND relnamespace <> connamespace`;

/** @throws where the exercise's files cannot be loaded at all. */
export async function openChecks(folder: string, { adminUrl, appUrl }: CheckGround) {
  const { openWishlists } = (await import(pathToFileURL(join(folder, 'module.ts')).href)) as WishlistsModule;
  const role = `wishlists_${newId().slice(-12)}`;
  await withClient(adminUrl, async (admin) => {
    await admin.query(readFileSync(join(folder, 'schema.sql'), 'utf8'));
    await admin.query(RIGHTS(role, new URL(adminUrl).pathname.slice(1)));
    await admin.query(`INSERT INTO catalog.categories (slug, name) VALUES ('wishes', 'Wishes')`);
  });
  const ownUrl = new URL(adminUrl);
  ownUrl.username = ownUrl.password = role;

  const every = await connect(adminUrl);
  const own = await connect(ownUrl.href);
  const monolith = openDatabase(appUrl, 2);
  const catalog = createCatalog(createCatalogRepository(monolith));

  const checks: readonly Check[] = [
    {
      name: 'the wishlists work as before',
      run: () => shop(openWishlists(every, catalog), catalog),
    },
    {
      name: 'the module reads its own schema alone',
      run: () => shop(openWishlists(own, catalog), catalog),
    },
    {
      name: 'no foreign key leaves the schema',
      async run() {
        const keys = await every.query<{ name: string; target: string }>(FOREIGN_KEYS, []);
        return keys.map(({ name, target }) => `${name} refers to ${target}`);
      },
    },
    {
      name: `the catalog is met in ${ADAPTER} alone, by its front door`,
      run: async () => strayImports(folder),
    },
    {
      name: 'a list of fifty wishes asks as often as a list of one',
      async run() {
        const [one, fifty] = [await questionsFor(1), await questionsFor(50)];
        return one === fifty ? [] : [`a list of one asks ${one} times, a list of fifty ${fifty} times`];
      },
    },
  ];

  /** How often a list asks the database and the catalog, together. */
  async function questionsFor(wishes: number): Promise<number> {
    let questions = 0;
    const counted: Database = {
      query: (statement, values) => ((questions += 1), own.query(statement, values)),
    };
    const countedCatalog = new Proxy(catalog, {
      get: (...words: [Catalog, string]) => ((questions += 1), Reflect.get(...words) as unknown),
    });
    const wishlists = openWishlists(counted, countedCatalog);
    const customer = newId();
    for (let n = 0; n < wishes; n += 1) {
      const { product } = await catalog.createProduct(someProduct());
      await wishlists.addWish(customer, product.id);
    }
    questions = 0;
    const listed = await wishlists.listWishes(customer);
    if (listed.length !== wishes) throw new Error(`${listed.length} of ${wishes} wishes were listed`);
    return questions;
  }

  return {
    checks,
    async close() {
      await Promise.all([every.close(), own.close(), monolith.close()]);
      await withClient(adminUrl, (admin) => admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`));
    },
  };
}

const someProduct = () => ({
  sku: newId().toUpperCase(),
  name: 'A wish',
  description: 'Of somebody.',
  category: 'wishes',
  price: { amount: 100, currency: 'EUR' },
});

async function connect(url: string): Promise<Database & { close(): Promise<void> }> {
  const client = new Client({ connectionString: url });
  // The server may be stopped before this is closed, where something else failed.
  client.on('error', () => undefined);
  await client.connect();
  return {
    query: async <Row>(statement: string, values: readonly unknown[]) =>
      (await client.query(statement, [...values])).rows as Row[],
    close: () => client.end(),
  };
}

function strayImports(folder: string): readonly string[] {
  const files = globSync('**/*.ts', { cwd: folder });
  const imports = files.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/\bfrom '(\.[^']+)'/g)].map(([, path = '']) => ({
      file: file.replaceAll('\\', '/'),
      target: resolve(folder, file, '..', path),
    })),
  );
  const ofMonolith = imports.filter(({ target }) => target.startsWith(join(projectRoot, 'monolith')));
  return [
    ...ofMonolith
      .filter(({ file, target }) => file !== ADAPTER || target !== FRONT_DOOR)
      .map(({ file, target }) => `${file} imports ${target.slice(projectRoot.length + 1)}`),
    ...(ofMonolith.some(({ file }) => file === ADAPTER)
      ? []
      : [`${ADAPTER} does not exist, or does not import it`]),
  ];
}
