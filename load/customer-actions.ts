// What customers do, and which answers each action expects; anything else is a fault of the shop.
import type { Answer } from './client.ts';
import type { Dice } from './dice.ts';
import type { Goods } from './goods.ts';
import type { CustomerAction } from './mix.ts';
import type { Customer } from './people.ts';
import type { Recorder } from './recorder.ts';
import type { Session } from './session.ts';
import { createTurns, type Turn } from './turns.ts';
import { only, type Visit } from './visit.ts';

export type Action = (visit: Visit) => Promise<void>;

export interface CustomerActionsOptions {
  readonly customers: readonly Customer[];
  /** Who look around without signing in; half of all who do. */
  readonly visitors: readonly Session[];
  readonly goods: Goods;
  readonly declinedPercent: number;
  readonly recorder: Recorder;
}

/** As in the Online Boutique. */
const QUANTITIES = [1, 2, 3, 4, 5, 10];
/** Of those who look at a product: at one whose price or name changes. Else few would ever see one again. */
const LOOK_AT_CHANGING_PERCENT = 20;
const ADDRESS = {
  name: 'A customer',
  line1: '1 Harbour Street',
  city: 'Hamburg',
  postalCode: '20457',
  country: 'DE',
};

export function createCustomerActions({
  customers,
  visitors,
  goods,
  declinedPercent,
  recorder,
}: CustomerActionsOptions): Readonly<Record<CustomerAction, Action>> {
  const carts = createTurns(customers);
  const customer = (dice: Dice) => dice.pick(customers).session;
  const anybody = (dice: Dice) => (dice.chance(50) ? dice.pick(visitors) : customer(dice));

  /** @returns whether it went well. */
  async function put(visit: Visit, { session }: Customer): Promise<boolean> {
    const path = `/cart/items/${visit.dice.pick(goods.sold).id}`;
    const body = { quantity: visit.dice.pick(QUANTITIES) };
    return (await visit.ask(session, 'add', { method: 'PUT', path, body }, only('200'))).expected;
  }

  async function order(visit: Visit, turn: Turn<Customer>): Promise<void> {
    const paymentToken = visit.dice.chance(declinedPercent) ? 'tok_declined' : 'tok_ok';
    const { answer, expected } = await visit.ask(
      turn.item.session,
      'checkout',
      {
        method: 'POST',
        path: '/orders',
        headers: { 'idempotency-key': visit.name },
        body: { paymentToken, shippingAddress: ADDRESS },
      },
      (given) => isAllowed(given, paymentToken, turn),
    );
    // It may still be carried out, and empty the cart at any time: this turn never ends.
    if (!answer.answered) return;
    if (expected) recorder.checkedOut(checkoutOutcome(answer), visit.measured);
    if (answer.outcome !== '402 payment_declined') turn.item.hasGoods = false;
    turn.end();
  }

  return {
    async browse(visit) {
      const { dice } = visit;
      const products = dice.chance(LOOK_AT_CHANGING_PERCENT) ? goods.changing : goods.shown;
      const path = `/products/${dice.pick(products).id}`;
      await visit.ask(anybody(dice), 'browse', { method: 'GET', path }, only('200'));
    },

    async cart(visit) {
      await visit.ask(customer(visit.dice), 'cart', { method: 'GET', path: '/cart' }, only('200'));
    },

    async index(visit) {
      const path = `/products?pageSize=24${question(visit.dice, goods)}`;
      await visit.ask(anybody(visit.dice), 'index', { method: 'GET', path }, only('200'));
    },

    async add(visit) {
      const turn = carts.take(visit.dice);
      if (turn === undefined) return;
      // A checkout at the same time may have taken it out again.
      if ((await put(visit, turn.item)) && !turn.overlapped()) turn.item.hasGoods = true;
      turn.end();
    },

    async checkout(visit) {
      const turn = carts.take(visit.dice);
      if (turn === undefined) return;
      if (turn.item.hasGoods || (await put(visit, turn.item))) await order(visit, turn);
      else turn.end();
    },
  };
}

/**
 * `out_of_stock` is not among them: there is plenty of everything that is sold. A cart is empty only where another
 * checkout of the same customer came first.
 */
function isAllowed({ outcome, body }: Answer, paymentToken: string, turn: Turn<Customer>): boolean {
  const status = (body as { status?: unknown } | undefined)?.status;
  if (outcome === '409 cart_empty') return turn.overlapped();
  if (outcome === '402 payment_declined') return paymentToken === 'tok_declined';
  if (outcome !== '201') return false;
  return status === 'pending' || (status === 'confirmed' && paymentToken === 'tok_ok');
}

function checkoutOutcome({ outcome, body }: Answer) {
  if (outcome === '409 cart_empty') return 'cartEmpty';
  if (outcome === '402 payment_declined') return 'declined';
  return (body as { status: 'confirmed' | 'pending' }).status;
}

/** The front page, a category, or a search for a word that a product has in its name. */
function question(dice: Dice, { shown }: Goods): string {
  const { name, category } = dice.pick(shown);
  const words = name.split(/[^\p{L}]+/u).filter(({ length }) => length > 3);
  const word = words.length === 0 ? name : dice.pick(words);
  return dice.pick(['', `&category=${category}`, `&q=${encodeURIComponent(word)}`]);
}
