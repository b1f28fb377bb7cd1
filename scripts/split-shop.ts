// For measurements and the tour: a whole shop beside its services, in a temporary folder; nothing of it is left behind.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '#platform/free-port.ts';
import { shapesOf } from '../compare/shapes.ts';
import { startShop, type Shop } from '../compare/shop.ts';
import { CAPABILITIES } from '../strangler/capabilities.ts';
import { openSecrets } from '#platform/secrets.ts';
import { SetupError } from '#platform/setup-error.ts';
import { FRONT } from './front.ts';
import { portVariables, SERVICES } from './services.ts';

export interface SplitShop extends Shop {
  /** Of its PostgreSQL, as an administrator. */
  readonly serverUrl: string;
}

/** Its catalog is replicated, and read from its service. @throws {SetupError} where it does not start. */
export const withSplitShop = <T>(
  products: number,
  onStep: (step: string) => void,
  use: (shop: SplitShop) => Promise<T>,
): Promise<T> =>
  withShop(products, onStep, async (shop) => {
    await shop.moveReads();
    return use(shop);
  });

/** Nothing has moved yet. @throws {SetupError} where it does not start. */
export async function withShop<T>(
  products: number,
  onStep: (step: string) => void,
  use: (shop: SplitShop) => Promise<T>,
): Promise<T> {
  if (FRONT === undefined) throw new SetupError('nothing is split at this stage');
  const shapes = shapesOf({ front: FRONT, services: SERVICES, capabilities: Object.keys(CAPABILITIES) });
  const shape = shapes.find(({ moved }) => moved.length > 0);
  if (shape === undefined) throw new SetupError('no shape is split');
  const folder = mkdtempSync(join(tmpdir(), 'shop-bench-'));
  try {
    onStep(`seeding ${products} products`);
    const [ports, postgresPort] = [portVariables(FRONT), await findFreePort()];
    const shop = await startShop({ shape, folder, postgresPort, products, seed: 1, ports });
    try {
      const { postgresPassword } = openSecrets(folder);
      const serverUrl = `postgresql://postgres:${postgresPassword}@127.0.0.1:${postgresPort}/postgres`;
      return await use({ ...shop, serverUrl });
    } finally {
      await shop.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
