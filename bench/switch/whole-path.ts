// Where switches are measured by the shop's own address: a whole shop whose catalog is replicated, and its administrator.
import { withClient } from '#platform/postgres/owners.ts';
import { SetupError } from '#platform/setup-error.ts';
import type { Replica } from '../../strangler/ownership/replica.ts';
import type { SwitchBenchGround } from './bench-switch.ts';

const ADMINISTRATOR = { email: 'admin@shop.test', password: 'shop-admin' };
const DIFFERENT_IDS = 1_000;

/** @param url of the shop, as its customers know it. @throws {SetupError} where it lets no administrator in. */
export async function openWholePath(url: string, replica: Replica): Promise<SwitchBenchGround> {
  const ids = await withClient(replica.urls.monolith, async (admin) => {
    const { rows } = await admin.query<{ id: string }>(
      'SELECT id FROM catalog.products WHERE archived_at IS NULL ORDER BY md5(id::text) LIMIT $1',
      [DIFFERENT_IDS],
    );
    return rows.map(({ id }) => id);
  });
  return {
    replica,
    target: { kind: 'gateway', url, token: await signIn(url), ids },
    // Every PATCH is a version, also one that changes nothing.
    countWrites: (side) =>
      withClient(replica.urls[side], async (admin) => {
        const { rows } = await admin.query<{ writes: string }>(
          'SELECT sum(version) AS writes FROM catalog.products',
        );
        return Number(rows[0]?.writes);
      }),
  };
}

/** The shop lets a session live for half a day (`SHOP_SESSION_LIFETIME`): longer than any run. */
async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ADMINISTRATOR),
  });
  const text = await answer.text();
  if (!answer.ok) throw new SetupError(`the shop lets no administrator in: ${answer.status} ${text}`);
  return (JSON.parse(text) as { token: string }).token;
}
