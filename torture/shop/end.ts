// Reads what the shop holds when all calls have ended: at the owner's database, and through the gateway.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { withSides } from '../../strangler/ownership/side-database.ts';
import { differences, readOwner } from '../invariants/final-rows.ts';
import type { Finding } from '../invariants/invariant.ts';
import { openClient } from './client.ts';
import type { ShopHistory } from './history.ts';
import { amountIn } from './operations.ts';
import type { Shop } from './shop.ts';

export interface ShopEnd {
  /** Those that callers made, at the owner. */
  readonly products: readonly { readonly id: string; readonly sku: string }[];
  /** Of the products whose prices were set, at the owner. */
  readonly prices: readonly { readonly id: string; readonly value: number; readonly version: number }[];
  /** What a stranger is answered, of those and of the last that were made; undefined for anything but a product. */
  readonly throughGateway: readonly {
    readonly id: string;
    readonly answered: { readonly value: number; readonly version: number } | undefined;
  }[];
  readonly differences: readonly Finding[];
}

const LOOKED_AT = 100;
const MOST_TRIES = 100;
const PAUSE_MS = 50;

export async function readShopEnd(
  shop: Pick<Shop, 'direct' | 'products' | 'processes' | 'secret'>,
  { created }: Pick<ShopHistory, 'created'>,
  deadlineMs: number,
): Promise<ShopEnd> {
  const { direct, processes, secret } = shop;
  const made = [...created.values()].slice(-LOOKED_AT).map(({ id }) => id);
  const client = await openClient(processes.url, secret, randomUUID());
  const ask = async (id: string) => {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const tried = await client.attempt({ method: 'GET', path: `/products/${id}` });
      if (tried.is !== 'answered') {
        await sleep(PAUSE_MS);
        continue;
      }
      const { answer } = tried;
      const answered =
        answer.status === 200 ? { value: amountIn(answer), version: answer.version } : undefined;
      return { id, answered };
    }
    return { id, answered: undefined };
  };
  try {
    return await withSides(direct, async (sides) => {
      const owner = await readOwner(direct, sides);
      const found = await differences(direct, sides, owner, deadlineMs);
      const { query } = sides[owner];
      const throughGateway = [];
      for (const id of [...shop.products, ...made]) throughGateway.push(await ask(id));
      return {
        products: await query<{ id: string; sku: string }>(
          `SELECT id, sku FROM catalog.products WHERE sku LIKE 'T-%' AND archived_at IS NULL`,
        ),
        prices: await query<{ id: string; value: number; version: number }>(
          `SELECT id, price_amount AS value, version FROM catalog.products WHERE id = ANY ($1)`,
          [shop.products],
        ),
        throughGateway,
        differences: found,
      };
    });
  } finally {
    await client.close();
  }
}
