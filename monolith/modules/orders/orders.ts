// The orders: checkout, cancellation, and the settling of what was left open. The module's only front door.
//
// A checkout is one transaction around the cart, the stock and the order; then the provider is asked for the money,
// outside of any transaction; then a second transaction records the outcome. Between the two the order is `pending`
// and says so. The order row is also the log of what remains to be done (`step`) and a lease on it: whoever dies
// half-way leaves the rest to the same request, when it is sent again, or to the settlement worker.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { translateDatabaseError } from '#platform/database.ts';
import { notFound, ShopError } from '#platform/errors.ts';
import { failpoint } from '#platform/failpoints.ts';
import { newId } from '#platform/ids.ts';
import type { Logger } from '#platform/logger.ts';
import type { Money } from '#platform/money.ts';
import type { MonolithDatabase } from '../../database.ts';
import type { CustomersCart, Payment, PaymentDesk, Warehouse } from './ports.ts';
import type { OrderRow, OrdersRepository, OrderWork } from './repository.ts';
import { createSteps } from './steps.ts';

export const ORDER_STATUSES = ['pending', 'confirmed', 'cancelled', 'failed'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export type { Payment } from './ports.ts';

/** What an order says of its payment. */
export const PAYMENT_STATUSES = [
  'pending',
  'captured',
  'declined',
  'refunding',
  'refunded',
  'voided',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

export interface OrderLine {
  readonly productId: string;
  /** Name and price as they were when the order was placed. */
  readonly name: string;
  readonly unitPrice: Money;
  readonly quantity: number;
}

export interface Order {
  readonly id: string;
  readonly status: OrderStatus;
  readonly items: readonly OrderLine[];
  readonly total: Money;
  readonly payment: { readonly status: PaymentStatus };
  readonly placedAt: Date;
}

export interface ShippingAddress {
  readonly name: string;
  readonly line1: string;
  readonly line2?: string | undefined;
  readonly city: string;
  readonly postalCode: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

export interface Checkout {
  /** The customer's own: the same key and request are the same order, however often they are sent. */
  readonly idempotencyKey: string;
  readonly paymentToken: string;
  readonly shippingAddress: ShippingAddress;
}

export interface OrdersDependencies {
  readonly database: MonolithDatabase;
  readonly repository: OrdersRepository;
  readonly carts: CustomersCart;
  readonly inventory: Warehouse;
  readonly payments: PaymentDesk;
  /** How long a step may take before others may take it up; longer than the provider's timeout. */
  readonly leaseMs: number;
  readonly log: Logger;
}

export interface ParkedOrder {
  readonly id: string;
  readonly placedAt: Date;
  readonly reason: string;
}

/** So many failures that are nobody's temporary trouble, and an order is parked. */
const MAX_ATTEMPTS = 5;

export type Orders = ReturnType<typeof createOrders>;

export function createOrders(dependencies: OrdersDependencies) {
  const { database, repository, carts, inventory, payments, leaseMs, log } = dependencies;
  const steps = createSteps(dependencies);

  /**
   * The first transaction: the order, its stock and its empty cart, or nothing at all.
   * @returns what is to be charged for the order, or undefined where the key has an order already.
   */
  async function open(
    customerId: string,
    checkout: Checkout,
    requestHash: string,
  ): Promise<Payment | undefined> {
    return database.inTransaction(async () => {
      const id = newId();
      const { idempotencyKey, shippingAddress } = checkout;
      const claim = { id, customerId, idempotencyKey, requestHash, shippingAddress, leaseMs };
      // First of all: a second request with the same key waits here until this transaction has ended.
      if (!(await repository.claim(claim))) return undefined;
      await failpoint('checkout.claimed');

      const cart = await carts.takeCart(customerId);
      if (cart.items.length === 0)
        throw new ShopError('conflict', 'cart_empty', 'There is nothing in the cart.');
      await repository.fill(id, cart.items, cart.total);
      const payment = await payments.open(id, checkout.paymentToken, cart.total);
      // Last of all: everyone who wants the same product waits from here to the commit.
      await inventory.reserve(cart.items);
      await failpoint('checkout.reserved');
      return payment;
    });
  }

  /** Does a step under a lease that the caller holds; what goes wrong is left to be tried again, or parked. */
  async function attempt(work: OrderWork, opened?: Payment): Promise<void> {
    try {
      await steps.advance(work, opened);
    } catch (error) {
      const parked = work.attempt >= MAX_ATTEMPTS && translateDatabaseError(error) === undefined;
      if (parked) await repository.park(work.id, String(error));
      const then = parked ? 'parked until an operator looks (npm run orders -- parked)' : 'to be tried again';
      log.error({ err: error, orderId: work.id }, `an order could not be settled: ${then}`);
    }
  }

  async function withPayments(rows: readonly OrderRow[]): Promise<readonly Order[]> {
    const statuses = await payments.statusesOf(rows.map(({ id }) => id));
    return rows.map((row) => toOrder(row, statuses.get(row.id) ?? 'pending'));
  }

  async function find(customerId: string, id: string): Promise<Order> {
    const row = await repository.find(customerId, id);
    if (row === undefined) throw notFound('order', id);
    const [order] = await withPayments([row]);
    return order as Order;
  }

  /**
   * Waits for whoever has the lease on an order's step; when it has run out, its holder may be dead, and the step is
   * done here. An outcome that stays unknown ends the wait as well.
   */
  async function adopt(id: string): Promise<void> {
    // The holder's lease, and one of somebody else who is first to take it up after that.
    const deadline = Date.now() + 2 * leaseMs;
    for (;;) {
      const work = await repository.takeIfDue(id, leaseMs);
      if (work !== 'leased') {
        if (work !== undefined) await failpoint('adopt.taken');
        return work && attempt(work);
      }
      if (Date.now() >= deadline) return;
      await sleep(25);
    }
  }

  return {
    /**
     * Buys what is in the cart. Where the provider's answer is lost the order comes back `pending`, and settles by
     * itself later.
     * @throws {ShopError} `cart_empty`, `out_of_stock`, `payment_declined`, `idempotency_key_reused`.
     */
    async place(customerId: string, checkout: Checkout): Promise<Order> {
      const requestHash = hashOf(checkout);
      const payment = await open(customerId, checkout, requestHash);
      if (payment !== undefined) {
        await failpoint('checkout.opened');
        await attempt({ id: payment.orderId, step: 'charge', attempt: 1 }, payment);
        await failpoint('checkout.settled');
        return accepted(await find(customerId, payment.orderId));
      }
      const earlier = await repository.findByKey(customerId, checkout.idempotencyKey);
      if (earlier === undefined || earlier.requestHash !== requestHash) {
        throw new ShopError(
          'conflict',
          'idempotency_key_reused',
          'This key was used for another order. Take a new one.',
        );
      }
      await adopt(earlier.id);
      return accepted(await find(customerId, earlier.id));
    },

    /** @throws {ShopError} `not_found`, also for another customer's order. */
    getOrder: find,

    /** A customer's orders, the newest first; `next` is the id to go on after, undefined on the last page. */
    async listOrders(customerId: string, pageSize: number, after?: string) {
      const rows = await repository.list(customerId, pageSize + 1, after);
      const orders = await withPayments(rows.slice(0, pageSize));
      return { orders, next: rows.length > pageSize ? orders.at(-1)?.id : undefined };
    },

    /**
     * Cancels at once and gives the stock back; the money follows, now or by the settlement worker. Cancelling again
     * changes nothing.
     * @throws {ShopError} `not_found`; `order_failed` where there is nothing to cancel.
     */
    async cancel(customerId: string, id: string): Promise<Order> {
      await find(customerId, id);
      const cancelled = await database.inTransaction(async () => {
        const order = await repository.cancel(id, leaseMs);
        if (order === undefined) return false;
        await payments.record(id, 'refunding');
        await (order.was === 'pending' ? inventory.release(order.items) : inventory.restock(order.items));
        await failpoint('cancel.restocked');
        return true;
      });
      if (cancelled) {
        await failpoint('cancel.committed');
        await attempt({ id, step: 'reverse', attempt: 1 });
        await failpoint('cancel.settled');
      } else await adopt(id);
      const order = await find(customerId, id);
      if (order.status !== 'failed') return order;
      throw new ShopError('conflict', 'order_failed', 'The order has failed: nothing was bought.');
    },

    /**
     * Takes up orders whose lease has run out, at most `limit` of them, and does their next step. One that fails does
     * not stop the others.
     * @returns how many were taken up.
     */
    async settle(limit: number): Promise<number> {
      const due = await repository.takeDue(limit, leaseMs);
      if (due.length > 0) await failpoint('settle.taken');
      await Promise.all(due.map((work) => attempt(work)));
      return due.length;
    },

    /** The orders that wait for an operator, the oldest first, and why. */
    async listParked(): Promise<readonly ParkedOrder[]> {
      return repository.listParked();
    },

    /** Lets the settlement worker try a parked order again. @throws {ShopError} `not_found` where none is parked. */
    async unpark(id: string): Promise<void> {
      if (!(await repository.unpark(id))) throw notFound('parked order', id);
    },
  };
}

/** An order that failed is answered as it was the first time. */
function accepted(order: Order): Order {
  if (order.status !== 'failed') return order;
  throw new ShopError(
    'payment_required',
    'payment_declined',
    'The payment was declined. Nothing was bought.',
    {
      extra: { orderId: order.id },
    },
  );
}

/** Of what the customer asked for, the same for equal requests: its members stand in one order. */
function hashOf({ paymentToken, shippingAddress: a }: Checkout): string {
  const request = [paymentToken, a.name, a.line1, a.line2 ?? null, a.city, a.postalCode, a.country];
  return createHash('sha256').update(JSON.stringify(request)).digest('base64url');
}

function toOrder(row: OrderRow, paymentStatus: PaymentStatus): Order {
  const currency = row.totalCurrency;
  return {
    id: row.id,
    status: row.status,
    items: row.items.map(({ productId, name, unitAmount, quantity }) => ({
      productId,
      name,
      unitPrice: { amount: unitAmount, currency },
      quantity,
    })),
    total: { amount: Number(row.totalAmount), currency },
    payment: { status: paymentStatus },
    placedAt: row.placedAt,
  };
}
