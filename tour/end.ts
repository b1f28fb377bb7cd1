// Reads what is there when everybody has gone home: as customers see it, and as the payment provider has it.
import type { Session } from '../load/session.ts';
import type { End, EndOrder } from './judge.ts';
import type { Told } from './told.ts';
import { ask } from './visitor.ts';

const PAGE = 100;
const MOST_PAGES = 100;

export interface EndOf {
  readonly told: Told;
  readonly sessions: { readonly customers: readonly Session[]; readonly administrator: Session };
  readonly paymentProvider: string;
  readonly differing: number;
}

export async function readEnd({ told, sessions, paymentProvider, differing }: EndOf): Promise<End> {
  const { own, scarce } = told.promised;
  const products = new Map<string, { version: number; amount: number }>();
  for (const { id } of [...own, ...scarce]) {
    const request = { method: 'GET', path: `/products/${id}` } as const;
    const answer = await ask(told, sessions.administrator, request, ['200', '404 not_found']);
    if (answer?.outcome !== '200') continue;
    const { price } = answer.body as { price: { amount: number } };
    products.set(id, { version: answer.version ?? 0, amount: price.amount });
  }
  const orders = new Map<number, readonly EndOrder[]>();
  for (const [number, session] of sessions.customers.entries())
    orders.set(number, await ordersOf(told, session));
  const answer = await fetch(new URL('/ledger', paymentProvider));
  const { entries } = (await answer.json()) as { entries: End['ledger'] };
  return { products, orders, ledger: entries, differing };
}

async function ordersOf(told: Told, session: Session): Promise<readonly EndOrder[]> {
  const orders: EndOrder[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const path = `/orders?pageSize=${PAGE}${token === undefined ? '' : `&pageToken=${token}`}`;
    const answer = await ask(told, session, { method: 'GET', path }, ['200']);
    const found = answer?.body as { orders: readonly EndOrder[]; nextPageToken?: string } | undefined;
    orders.push(...(found?.orders ?? []));
    token = found?.nextPageToken;
    if (token === undefined) break;
  }
  return orders;
}
