// Administrators: each changes prices of products that nobody else touches, reads back what they wrote, and now and then
// puts something on sale of which there are few pieces.
import { randomUUID } from 'node:crypto';
import type { Session } from '../load/session.ts';
import type { Told } from './told.ts';
import { ask } from './visitor.ts';

const OWN_PRODUCTS = 5;
const CURRENCY = 'EUR';
const UNITS = 3;
/** Of turns, one in so many. */
const SCARCE_EVERY = 12;

/** @returns what an administrator does next, each time that it is called. */
export function createAdministrator(told: Told, session: Session, category: string): () => Promise<void> {
  const own: Told['promised']['own'] = [];
  let turns = 0;

  async function create(name: string): Promise<{ id: string; version: number } | undefined> {
    const sku = `TOUR-${randomUUID().slice(0, 18).toUpperCase()}`;
    const price = { amount: 100, currency: CURRENCY };
    const body = { sku, name, description: 'Made by the tour.', category, price };
    const answer = await ask(told, session, { method: 'POST', path: '/products', body }, ['201']);
    return answer && { id: (answer.body as { id: string }).id, version: answer.version ?? 1 };
  }

  async function createOwn(): Promise<void> {
    const made = await create('Own');
    if (made === undefined) return;
    const product = { ...made, amount: 100, certain: true };
    own.push(product);
    told.promised.own.push(product);
  }

  async function createScarce(): Promise<void> {
    const made = await create('Scarce');
    if (made === undefined) return;
    const request = { method: 'PUT', path: `/stock/${made.id}`, body: { onHand: UNITS } } as const;
    if (await ask(told, session, request, ['200'])) told.promised.scarce.push({ id: made.id, units: UNITS });
  }

  async function setPrice(): Promise<void> {
    const product = own[turns % own.length];
    if (product === undefined || !product.certain) return createOwn();
    const amount = 101 + (turns % 10_000);
    const body = { price: { amount, currency: CURRENCY } };
    const path = `/products/${product.id}`;
    product.certain = false;
    const answer = await ask(told, session, { method: 'PATCH', path, body }, ['200']);
    if (answer === undefined) return;
    Object.assign(product, { amount, version: product.version + 1, certain: true });
    if (answer.version !== product.version)
      told.fail(`PATCH ${path}: version ${answer.version} instead of ${product.version}`);
    await ask(told, session, { method: 'GET', path }, ['200']);
  }

  return async () => {
    turns += 1;
    if (own.length < OWN_PRODUCTS) return createOwn();
    if (turns % SCARCE_EVERY === 0) return createScarce();
    return setPrice();
  };
}
