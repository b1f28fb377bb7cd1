// Who writes at the monolith: administrators who change prices through its process, and statements without any process.
import type { LoopRequest } from '../client/closed-loop.ts';
import { runLoop, type LoopResult } from '../client/loop.ts';
import { tokenFor } from '../tokens.ts';
import type { Ground } from './ground.ts';

/**
 * `PATCH`: the monolith's own writers, on whom the bar is judged. `UPDATE`: the cheapest write that there can be, of one
 * column in no index, so that whatever a write costs beside weighs as much as it ever can.
 */
export const KINDS = ['PATCH', 'UPDATE'] as const;
export type Kind = (typeof KINDS)[number];

/** As fast as they are answered. */
export type Writers = Readonly<Record<Kind, (seconds: number) => Promise<LoopResult>>>;

/** @param count how many write at once. */
export async function createWriters(ground: Ground, count: number): Promise<Writers> {
  const { place, monolith } = ground;
  const requests = await priceChanges(ground);
  return {
    PATCH: (seconds) =>
      place.client.run({
        origins: [`http://127.0.0.1:${monolith.port}`],
        connections: count,
        seconds,
        requests,
        expected: 200,
      }),
    UPDATE: (seconds) => updateRows(ground, count, seconds),
  };
}

/** Two prices for each product, so that every request changes something. */
async function priceChanges({ pools, ids }: Ground): Promise<readonly LoopRequest[]> {
  const { rows } = await pools.monolith.query<{ id: string }>(
    `SELECT id FROM customers.customers WHERE role = 'admin' LIMIT 1`,
  );
  const authorization = `Bearer ${await tokenFor(rows[0]?.id ?? '', 'admin')}`;
  return [0, 1].flatMap((turn) =>
    ids.map((id, index) => ({
      method: 'PATCH' as const,
      path: `/products/${id}`,
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ price: { amount: 1_000 + 2 * index + turn, currency: 'EUR' } }),
    })),
  );
}

const updateRows = ({ pools, ids }: Ground, count: number, seconds: number) =>
  runLoop({ parallel: count, seconds }, async (_, index) => {
    await pools.monolith.query({ name: 'write', text: UPDATE, values: [ids[index % ids.length]] });
    return undefined;
  });

const UPDATE = 'UPDATE catalog.products SET version = version + 1 WHERE id = $1';
