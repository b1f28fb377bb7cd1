// What is looked at, bought and changed: found and stocked before the traffic begins.
import { SetupError } from '#platform/setup-error.ts';
import { createDice, type Dice } from './dice.ts';
import { inParallel } from './in-parallel.ts';
import type { OpenAdmin } from './people.ts';
import type { Session } from './session.ts';
import { createTurns, type Turns } from './turns.ts';

export interface Product {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly category: string;
}

export interface Goods {
  /** What customers look at. */
  readonly shown: readonly Product[];
  /** What customers buy; never out of stock, and never so many that a cart can be full. */
  readonly sold: readonly Product[];
  /** Whose price and name the administrator changes. */
  readonly repriced: Turns<Product>;
  /** The same, to look at. */
  readonly changing: readonly Product[];
  /** Whose stock the administrator sets: nobody buys them, so that what is read back is known. */
  readonly recounted: Turns<Product>;
  /** A product that this run alone knows, as the administrator describes it. */
  draft(dice: Dice): Draft;
}

export interface Draft {
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly price: { readonly amount: number; readonly currency: 'EUR' };
}

const PAGES = 10;
const PAGE_SIZE = 100;
/** Different products in one cart: the shop's limit is 100. */
const SOLD = 100;
/** So many of this run's own products are repriced, and as many recounted. */
const OWN = 10;
/** Whose units somebody else counts, down to the last one: to sell or to stock any here would be a loss there. */
const COUNTED = /^RUSH-/;
/** Enough for days. */
const PLENTY = 1_000_000;

/** @throws {SetupError} */
export async function prepareGoods(
  visitor: Session,
  openAdmin: OpenAdmin,
  { run, seed }: { readonly run: string; readonly seed: number },
): Promise<Goods> {
  const found = (await listProducts(visitor)).filter(({ sku }) => !COUNTED.test(sku));
  const category = found[0]?.category;
  if (category === undefined) throw new SetupError('the shop has no products: npm run seed');
  const admin = openAdmin();
  const stock = ({ id }: Product) =>
    admin.demand({ method: 'PUT', path: `/stock/${id}`, body: { onHand: PLENTY } });

  let drafts = 0;
  const draft = (dice: Dice): Draft => ({
    sku: `LOAD-${run.toUpperCase()}-${(drafts += 1)}`,
    name: `Enamel mug ${run} ${drafts}`,
    description: 'Put on sale by a load run.',
    category,
    price: { amount: 100 + dice.below(100_000), currency: 'EUR' },
  });
  const own = await inParallel(Array.from({ length: 2 * OWN }), (_, index) =>
    admin.demand<Product>({ method: 'POST', path: '/products', body: draft(createDice(seed, index)) }),
  );
  const repriced = own.slice(0, OWN);
  const sold = [...shuffled(found, createDice(seed)).slice(0, SOLD - OWN), ...repriced];
  await inParallel(sold, stock);
  return {
    shown: [...found, ...own],
    sold,
    repriced: createTurns(repriced),
    changing: repriced,
    recounted: createTurns(own.slice(OWN)),
    draft,
  };
}

/** The newest, at most a thousand. */
async function listProducts(visitor: Session): Promise<Product[]> {
  const found: Product[] = [];
  let token: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const after = token === undefined ? '' : `&pageToken=${encodeURIComponent(token)}`;
    const path = `/products?pageSize=${PAGE_SIZE}${after}`;
    const answer = await visitor.demand<{ products: Product[]; nextPageToken?: string }>({
      method: 'GET',
      path,
    });
    found.push(...answer.products.map(({ id, sku, name, category }) => ({ id, sku, name, category })));
    token = answer.nextPageToken;
    if (token === undefined) break;
  }
  return found;
}

function shuffled<T>(items: readonly T[], dice: Dice): T[] {
  return items
    .map((item) => ({ item, place: dice.fraction() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
