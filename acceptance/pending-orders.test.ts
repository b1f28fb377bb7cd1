// Orders whose payment is not known yet: said to be so, settled by themselves, cancelled without a charge that stays.
// They wait for real clocks (a provider that is slow or silent), so they wait together.
import { setTimeout as sleep } from 'node:timers/promises';
import { granted, registerCustomer, signInAdmin, type Customer } from './actors.ts';
import { buy, fillCart, findOrder, order } from './buying.ts';
import { atOnce, eventually } from './eventually.ts';
import { createProduct, stockOf } from './goods.ts';
import { ledgerOf } from './ledger.ts';
import type { Order, OrderPage } from './shapes.ts';
import { uniqueKey } from './unique.ts';

const admin = await signInAdmin();

/** The provider captures tok_slow after two seconds; later than this no charge can come any more. */
const SLOW_IS_OVER_MS = 3_000;
const PATIENCE_MS = 12_000;

async function buyer() {
  const customer = await registerCustomer();
  return { customer, product: await createProduct(admin, { onHand: 3 }) };
}

const settled = (customer: Customer, id: string, status: Order['status'], payment: RegExp) =>
  eventually(
    () => findOrder(customer, id),
    (seen) => seen.status === status && payment.test(seen.payment.status),
  );

test.concurrent(
  'an order whose payment went unanswered is pending, and settles by itself with one charge',
  async () => {
    const { customer, product } = await buyer();
    const key = uniqueKey();
    const begin = Date.now();
    const placed = await buy(customer, product, { key, paymentToken: 'tok_lost' });
    expect(Date.now() - begin).toBeLessThan(PATIENCE_MS);
    expect({ status: placed.status, order: placed.body.status, payment: placed.body.payment.status }).toEqual(
      {
        status: 201,
        order: 'pending',
        payment: 'pending',
      },
    );
    expect(await stockOf(customer, product)).toMatchObject({ onHand: 3, reserved: 1, available: 2 });

    const confirmed = await settled(customer, placed.body.id, 'confirmed', /^captured$/);
    await eventually(
      () => stockOf(customer, product),
      ({ onHand, reserved, available }) => onHand === 2 && reserved === 0 && available === 2,
    );
    expect(confirmed).toEqual({ ...placed.body, status: 'confirmed', payment: { status: 'captured' } });
    expect(await ledgerOf(product.price.amount)).toEqual(['charge']);

    expect((await order(customer, { key, paymentToken: 'tok_lost' })).body).toEqual(confirmed);
  },
);

test.concurrent(
  'one key sent five times at once whose payment goes unanswered is one order and one charge',
  async () => {
    const { customer, product } = await buyer();
    const key = uniqueKey();
    await fillCart(customer, product);
    const answers = await atOnce(5, () => order(customer, { key, paymentToken: 'tok_lost' }));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(5).fill(201));
    const ids = new Set(answers.map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    const [id = ''] = ids;
    await settled(customer, id, 'confirmed', /^captured$/);
    expect(await ledgerOf(product.price.amount)).toEqual(['charge']);
  },
);

test.concurrent(
  'a pending order that is cancelled gives the stock back at once, and the money in the end',
  async () => {
    const { customer, product } = await buyer();
    const placed = granted(await buy(customer, product, { paymentToken: 'tok_lost' }));
    const cancelled = await customer.post<Order>(`/orders/${placed.id}/cancel`);
    expect({ status: cancelled.status, order: cancelled.body.status }).toEqual({
      status: 200,
      order: 'cancelled',
    });
    expect(await stockOf(customer, product)).toMatchObject({ onHand: 3, reserved: 0, available: 3 });
    await settled(customer, placed.id, 'cancelled', /^refunded$/);
    expect(await ledgerOf(product.price.amount)).toEqual(['charge', 'refund']);

    // The settlement that was due for the charge must not bring it back.
    await sleep(SLOW_IS_OVER_MS);
    expect(await findOrder(customer, placed.id)).toMatchObject({ status: 'cancelled' });
    expect(await ledgerOf(product.price.amount)).toEqual(['charge', 'refund']);
  },
);

test.concurrent(
  'an order that is cancelled while it is being paid stays cancelled, and no charge stays',
  async () => {
    const { customer, product } = await buyer();
    const paying = buy(customer, product, { paymentToken: 'tok_slow' });
    const seen = await eventually(
      async () => granted(await customer.get<OrderPage>('/orders')).orders[0],
      (found) => found !== undefined,
    );
    expect(seen).toMatchObject({ status: 'pending', payment: { status: 'pending' } });
    const id = seen?.id ?? '';
    granted(await customer.post(`/orders/${id}/cancel`));
    expect((await paying).body).toMatchObject({ id, status: 'cancelled' });

    await settled(customer, id, 'cancelled', /^(voided|refunded)$/);
    await sleep(SLOW_IS_OVER_MS);
    const entries = await ledgerOf(product.price.amount);
    expect(entries.filter((type) => type === 'charge')).toHaveLength(
      entries.filter((type) => type === 'refund').length,
    );
    expect(await findOrder(customer, id)).toMatchObject({ status: 'cancelled' });
    expect(await stockOf(customer, product)).toMatchObject({ onHand: 3, reserved: 0, available: 3 });
  },
);
