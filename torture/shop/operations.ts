// How an operation is asked of the shop, and what an answer to it means.
import type { Span } from '../load/history.ts';
import type { ShopAnswer, ShopRequest } from './client.ts';
import { CATEGORY } from './databases.ts';
import type { ShopHistory, ShopOperation } from './history.ts';

const CURRENCY = 'EUR';

export function requestOf(operation: ShopOperation, key: string): ShopRequest {
  switch (operation.kind) {
    case 'create': {
      const { sku } = operation;
      const price = { amount: 1, currency: CURRENCY };
      const body = { sku, name: sku, description: 'Made once.', category: CATEGORY, price };
      return { method: 'POST', path: '/products', body, key };
    }
    case 'price': {
      const { product, version, amount } = operation;
      const body = { price: { amount, currency: CURRENCY } };
      return { method: 'PATCH', path: `/products/${product}`, body, key, ifMatch: `"${version}"` };
    }
    case 'look':
      return { method: 'GET', path: `/products/${operation.product}` };
  }
}

export const amountIn = ({ body }: ShopAnswer): number =>
  (body['price'] as { amount?: number } | undefined)?.amount ?? Number.NaN;

/** @returns false where it is an answer that nobody may get. */
export function record(
  { counts, created, changes, sights }: ShopHistory,
  session: number,
  operation: ShopOperation,
  answer: ShopAnswer,
  span: Span,
): boolean {
  const { status, body, version } = answer;
  const amount = amountIn(answer);
  switch (operation.kind) {
    case 'create':
      if (status !== 201 || body['sku'] !== operation.sku) return false;
      created.set(operation.sku, { ...span, id: String(body['id']) });
      counts.acknowledged += 1;
      break;
    case 'price': {
      // Somebody else was earlier. It cannot be done any more: no version comes back.
      if (status === 412) {
        counts.outrun += 1;
        break;
      }
      const { product, replaces } = operation;
      if (status !== 200 || amount !== operation.amount) return false;
      const events = changes.get(product) ?? [];
      changes.set(product, events);
      events.push({ ...span, version, value: amount, replaced: replaces });
      sights.push({ ...span, session, product, version, amount });
      counts.acknowledged += 1;
      break;
    }
    case 'look':
      if (status !== 200) return false;
      sights.push({ ...span, session, product: operation.product, version, amount });
  }
  counts.byKind[operation.kind] += 1;
  return true;
}
