// Before the first test: the shop that BASE_URL names is ready, or one of our own is started.
import { startOwnShop } from './own-shop.ts';
import { rememberShop } from './run.ts';
import { publishTarget, shopIsGiven, shopUrl } from './target.ts';

// eslint-disable-next-line no-restricted-syntax -- jest takes the default export
export default async function globalSetup(): Promise<void> {
  if (shopIsGiven()) return demandReady(shopUrl());
  const shop = await startOwnShop();
  rememberShop(shop);
  publishTarget(shop.urls.shop, shop.urls.paymentProvider);
}

async function demandReady(url: string): Promise<void> {
  const answer = await fetch(new URL('/health/ready', url)).catch((cause: unknown) => {
    throw new Error(`nothing answers at BASE_URL ${url}`, { cause });
  });
  if (!answer.ok) throw new Error(`the shop at ${url} is not ready: ${await answer.text()}`);
}
