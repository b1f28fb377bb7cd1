// Customers who buy one and the same product, through every monolith that runs: whatever they bought has to be missing
// from the stock afterwards, to the unit, whichever release sold it.
import { randomUUID } from 'node:crypto';

export interface Rush {
  /** Ends after what is under way. */
  stop(): Promise<RushReport>;
}

export interface RushReport {
  readonly bought: number;
  /** Answers that no customer should get, the first few. */
  readonly unexpected: readonly string[];
  /** Units that are missing from the stock without having been bought, or were bought and are still there. */
  readonly lost: number;
}

export interface RushOptions {
  readonly buyers: number;
  /** Where to buy; asked before each purchase. */
  readonly monoliths: () => readonly string[];
  readonly administrator: { readonly email: string; readonly password: string };
}

const STOCK = 1_000_000;
const shippingAddress = { name: 'A', line1: '1 Street', city: 'Town', postalCode: '1', country: 'DE' };

export async function startRush({ buyers, monoliths, administrator }: RushOptions): Promise<Rush> {
  const unexpected: string[] = [];
  let bought = 0;
  let running = true;

  async function call(method: string, path: string, status: number, body?: object, token?: string) {
    const all = monoliths();
    const url = all[Math.floor(Math.random() * all.length)] ?? '';
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(path === '/orders' && { 'idempotency-key': randomUUID() }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (response.status !== status) {
      unexpected.push(`${method} ${path}: ${response.status} ${JSON.stringify(answer).slice(0, 200)}`);
    }
    return answer;
  }

  async function signIn(account: { email: string; password: string }): Promise<string> {
    return String((await call('POST', '/sessions', 201, account))['token']);
  }

  async function buyer(productId: string): Promise<void> {
    const account = { email: `${randomUUID()}@rush.test`, password: 'a long password' };
    await call('POST', '/customers', 201, { ...account, name: 'A' });
    const token = await signIn(account);
    while (running) {
      await call('PUT', `/cart/items/${productId}`, 200, { quantity: 1 }, token);
      const order = await call('POST', '/orders', 201, { paymentToken: 'tok_ok', shippingAddress }, token);
      if (order['status'] === 'confirmed') bought += 1;
      else unexpected.push(`an order is ${String(order['status'])}`);
    }
  }

  const admin = await signIn(administrator);
  const { categories } = (await call('GET', '/categories', 200)) as { categories?: { slug: string }[] };
  const draft = {
    sku: `RUSH-${randomUUID().slice(0, 8).toUpperCase()}`,
    name: 'The one thing that everybody wants',
    description: 'There is plenty of it.',
    category: categories?.[0]?.slug ?? '',
    price: { amount: 100, currency: 'EUR' },
  };
  const productId = String((await call('POST', '/products', 201, draft, admin))['id']);
  await call('PUT', `/stock/${productId}`, 200, { onHand: STOCK }, admin);
  const buying = Promise.all(Array.from({ length: buyers }, () => buyer(productId)));

  return {
    async stop() {
      running = false;
      await buying;
      const stock = await call('GET', `/stock/${productId}`, 200);
      return {
        bought,
        unexpected: unexpected.slice(0, 5),
        lost: Math.abs(STOCK - bought - Number(stock['onHand'])) + Number(stock['reserved']),
      };
    },
  };
}
