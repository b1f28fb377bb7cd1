// What the administrator writes; each write is read back at once and compared, as its writer would.
import type { ShopRequest } from './client.ts';
import type { Action } from './customer-actions.ts';
import type { Draft, Goods, Product } from './goods.ts';
import type { OpenAdmin } from './people.ts';
import type { Recorder } from './recorder.ts';
import type { Step } from './report.ts';
import type { Session } from './session.ts';
import type { Turns } from './turns.ts';
import { only, type Visit } from './visit.ts';

export interface AdminActionsOptions {
  readonly openAdmin: OpenAdmin;
  readonly goods: Goods;
  readonly recorder: Recorder;
}

/** A change of one product, and how to find it again. */
interface Change {
  readonly step: Step;
  readonly request: ShopRequest;
  /** Where it is read. */
  readonly path: string;
  readonly wrote: string | number;
  readonly read: (found: Found) => string | number;
}

type Found = Pick<Draft, 'name' | 'price'> & { readonly onHand: number };

/** Each is to be done as often as the others. */
export function createAdminActions({ openAdmin, goods, recorder }: AdminActionsOptions): readonly Action[] {
  /** A reader who finds no product at all sees an old state, too. */
  async function readBack(
    visit: Visit,
    admin: Session,
    { path, wrote, read }: Pick<Change, 'path' | 'wrote' | 'read'>,
    isKnown: () => boolean,
  ): Promise<void> {
    const reply = await visit.ask(admin, 'readBack', { method: 'GET', path }, only('200', '404 not_found'));
    if (!reply.expected || !isKnown()) return;
    const { outcome, body } = reply.answer;
    recorder.readBack(reply, String(wrote), outcome === '200' ? String(read(body as Found)) : 'nothing');
  }

  async function change(
    visit: Visit,
    products: Turns<Product>,
    describe: (product: Product) => Change,
  ): Promise<void> {
    const turn = products.take(visit.dice);
    if (turn === undefined) return create(visit);
    const { step, request, ...change } = describe(turn.item);
    const admin = openAdmin();
    const { answer, expected } = await visit.ask(admin, step, request, only('200'));
    // It may still be carried out, at any time.
    if (!answer.answered) return turn.retire();
    // What two have written at once is known to neither.
    if (expected) await readBack(visit, admin, change, () => !turn.overlapped());
    turn.end();
  }

  async function create(visit: Visit): Promise<void> {
    const admin = openAdmin();
    const body = goods.draft(visit.dice);
    const request = { method: 'POST', path: '/products', body } as const;
    const { answer, expected } = await visit.ask(admin, 'create', request, only('201'));
    if (!expected) return;
    const product = answer.body as Product;
    const written = { path: `/products/${product.id}`, wrote: body.name, read: nameOf };
    await readBack(visit, admin, written, () => true);
    goods.repriced.offer(product);
    goods.recounted.offer(product);
  }

  return [
    (visit) =>
      change(visit, goods.repriced, ({ id }) => {
        const { price, name } = goods.draft(visit.dice);
        const path = `/products/${id}`;
        const patch = (body: object) =>
          ({ step: 'patch', request: { method: 'PATCH', path, body } }) as const;
        return visit.dice.chance(50)
          ? { ...patch({ price }), path, wrote: price.amount, read: amountOf }
          : { ...patch({ name }), path, wrote: name, read: nameOf };
      }),
    (visit) =>
      change(visit, goods.recounted, ({ id }) => {
        const onHand = visit.dice.below(1_000_000);
        const path = `/stock/${id}`;
        const request = { method: 'PUT', path, body: { onHand } } as const;
        return { step: 'stock', request, path, wrote: onHand, read: (found) => found.onHand };
      }),
    create,
  ];
}

const nameOf = ({ name }: Found) => name;
const amountOf = ({ price }: Found) => price.amount;
