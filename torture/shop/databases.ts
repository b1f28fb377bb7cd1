// The databases of a real shop on the two clusters of the ground: the monolith's in one, the catalog service's in the other,
// migrated as `npm start` does it, with a few products whose prices are the registers, and replicated.
import { randomUUID } from 'node:crypto';
import { newId } from '#platform/ids.ts';
import { rolePassword, withClient } from '#platform/postgres/owners.ts';
import { prepareOwner } from '#platform/postgres/prepare-owner.ts';
import { replicate } from '../../strangler/ownership/replicate.ts';
import type { Replica, Side } from '../../strangler/ownership/replica.ts';
import type { Ground } from '../ground/ground.ts';

export const CATEGORY = 'torture';
export const PRODUCTS = 50;
export const INITIAL_PRICE = 1;

export interface ShopDatabases {
  /** As whoever moves ownership sees the catalog: over the coordinator's ways. */
  readonly replica: Replica;
  /** As an administrator beside them sees it, over no way. */
  readonly direct: Replica;
  /** As the processes' own roles, over the ways of those who write; that of the switch over none. */
  readonly urls: Readonly<Record<'monolith' | 'service' | 'switch', string>>;
  /** The products whose prices are changed, by their ids. */
  readonly products: readonly string[];
}

/** What the names of databases begin with. */
export const PREFIX = 'shop';
/** The gateway does not put an id that is not of the shop's own form in a service's words: the monolith follows the owner. */
const ONE_OF_FOREIGN = 5;
/** Half of those who read are answered by the service, whoever owns. */
const PERCENT_READ_AT_SERVICE = 50;

export async function prepareDatabases(ground: Ground, secret: string): Promise<ShopDatabases> {
  const { clusters, ways } = ground;
  const prepare = (side: Side, owner: string) =>
    prepareOwner(clusters[side].url, PREFIX, owner, (role) => rolePassword(secret, role));
  const [monolith, service] = await Promise.all([
    prepare('monolith', 'monolith'),
    prepare('service', 'catalog'),
  ]);
  const control = await prepare('monolith', 'switch');

  const products = Array.from({ length: PRODUCTS }, (_, index) =>
    index % ONE_OF_FOREIGN === 0 ? randomUUID() : newId(),
  );
  await withClient(monolith.adminUrl, async (admin) => {
    await admin.query('INSERT INTO catalog.categories (slug, name) VALUES ($1, $1)', [CATEGORY]);
    await admin.query(
      `INSERT INTO catalog.products (id, sku, name, description, category_slug, price_amount, price_currency)
       SELECT id, 'P-' || number, 'Register', 'Its price is set.', $2, $3, 'EUR'
       FROM unnest($1::uuid[]) WITH ORDINALITY AS product (id, number)`,
      [products, CATEGORY, INITIAL_PRICE],
    );
  });
  await withClient(control.adminUrl, (admin) =>
    admin.query(`INSERT INTO switch.plans (capability, service_percent, version) VALUES ('catalog', $1, 1)`, [
      PERCENT_READ_AT_SERVICE,
    ]),
  );

  const over = (kind: keyof Ground['ways']): Replica =>
    replicaOf(
      withPort(monolith.adminUrl, ways[kind].monolith.port),
      withPort(service.adminUrl, ways[kind].service.port),
    );
  await replicate(over('streams'));
  return {
    replica: over('coordinator'),
    direct: replicaOf(monolith.adminUrl, service.adminUrl),
    urls: {
      monolith: withPort(monolith.appUrl, ways.writers.monolith.port),
      service: withPort(service.appUrl, ways.writers.service.port),
      switch: control.appUrl,
    },
    products,
  };
}

const replicaOf = (monolith: string, service: string): Replica => ({
  capability: 'catalog',
  schema: 'catalog',
  urls: { monolith, service },
});

/** The same database by another way. */
export function withPort(url: string, port: number): string {
  const found = new URL(url);
  found.port = String(port);
  return found.href;
}
