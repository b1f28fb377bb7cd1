// Where the running shop is: SHOP_URL, or else this checkout's own port.
import { z } from 'zod';
import { port, readConfig, setting } from '#platform/config.ts';
import { readFrontPort } from './front.ts';

const settings = {
  shopUrl: setting('SHOP_URL', z.url().optional()),
  shopPort: setting('MONOLITH_PORT', port(3000)),
};

/** @throws {SetupError} */
export function findShopUrl(): string {
  const { shopUrl, shopPort } = readConfig(settings);
  return shopUrl ?? `http://localhost:${readFrontPort() ?? shopPort}`;
}
