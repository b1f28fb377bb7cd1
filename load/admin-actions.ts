// What the administrator writes; each write is read back and compared, as its writer would: at once, and some once more.
import type { ShopRequest } from './client.ts';
import type { Action } from './customer-actions.ts';
import type { Draft, Goods, Product } from './goods.ts';
import type { OpenAdmin } from './people.ts';
import type { Read, Written } from './reads.ts';
import type { Recorder } from './recorder.ts';
import type { Step } from './report.ts';
import type { Session } from './session.ts';
import type { Turn, Turns } from './turns.ts';
import { only, type Reply, type Visit } from './visit.ts';

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

type Found = Pick<Draft, 'name' | 'price'> & { readonly id: string; readonly onHand: number };

/** So long at most until a writer looks again: by then a replica may have caught up, and be asked. */
const LOOK_AGAIN_WITHIN_MS = 1_000;

/** Each is to be done as often as the others. */
export function createAdminActions({ openAdmin, goods, recorder }: AdminActionsOptions): readonly Action[] {
  /** A reader who finds no product at all sees an old state, too. */
  async function readOwn(
    visit: Visit,
    session: Session,
    step: Step,
    { path, read }: Pick<Change, 'path' | 'read'>,
    written: Written,
  ): Promise<Reply & { readonly stale: boolean }> {
    const request = { method: 'GET', path } as const;
    const reply = await visit.ask(session, step, request, only('200', '404 not_found'));
    const { outcome, body, version } = reply.answer;
    const value = outcome === '200' ? String(read(body as Found)) : undefined;
    return { ...reply, stale: reply.expected && recorder.readOwn(reply, written, { version, value }) };
  }

  /** In the same browser, but as the public pages are read: without the administrator's token. */
  async function readOn(
    visit: Visit,
    admin: Session,
    change: Pick<Change, 'path' | 'read'>,
    written: Written,
    found: Found,
  ): Promise<void> {
    const visitor = admin.as(undefined);
    const path = `/products?pageSize=5&q=${encodeURIComponent(found.name)}`;
    const listed = await visit.ask(visitor, 'readList', { method: 'GET', path }, only('200'));
    await visit.pause(visit.dice.below(LOOK_AGAIN_WITHIN_MS));
    const again = await readOwn(visit, visitor, 'readAgain', change, written);
    // A list says no versions. What is still the same now has been so when it was listed, unless what is shown now is
    // the old answer of the two: then somebody of this run has written since.
    const { version } = again.answer;
    if (listed.expected && version !== undefined && version === written.version && written.alone())
      recorder.readOwn(listed, written, { version, value: valueIn(listed, found.id, change.read) });
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
    if (expected) await readAll(visit, admin, change, writtenBy(answer, change.wrote, turn));
    turn.end();
  }

  async function readAll(
    visit: Visit,
    admin: Session,
    change: Pick<Change, 'path' | 'read'>,
    written: Written,
  ): Promise<void> {
    const { answer, stale } = await readOwn(visit, admin, 'readBack', change, written);
    // An old name would find nothing.
    if (written.version !== undefined && answer.outcome === '200' && !stale)
      await readOn(visit, admin, change, written, answer.body as Found);
  }

  async function create(visit: Visit): Promise<void> {
    const admin = openAdmin();
    const body = goods.draft(visit.dice);
    const request = { method: 'POST', path: '/products', body } as const;
    const { answer, expected } = await visit.ask(admin, 'create', request, only('201'));
    if (!expected) return;
    const product = answer.body as Product;
    const written = writtenBy(answer, body.name);
    await readOwn(visit, admin, 'readBack', { path: `/products/${product.id}`, read: nameOf }, written);
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

/** @param turn of the product, if others may have one too. */
const writtenBy = ({ version }: Reply['answer'], wrote: string | number, turn?: Turn<Product>): Written => ({
  version,
  value: String(wrote),
  alone: () => !turn?.overlapped(),
});

function valueIn({ answer }: Reply, id: string, read: Change['read']): Read['value'] {
  const found = (answer.body as { products: Found[] }).products.find((product) => product.id === id);
  return found && String(read(found));
}

const nameOf = ({ name }: Found) => name;
const amountOf = ({ price }: Found) => price.amount;
