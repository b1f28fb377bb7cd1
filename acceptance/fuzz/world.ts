// The part of the shop that the fuzz test plays with: things that exist, so that its requests also meet them.
import { granted, PASSWORD, register, registerCustomer, signInAdmin } from '../actors.ts';
import { buy, fillCart } from '../buying.ts';
import { openBrowser, type Browser, type Session } from '../client.ts';
import { atOnce } from '../eventually.ts';
import { categories, createProduct } from '../goods.ts';
import type { ProductPage } from '../shapes.ts';
import { uniqueKey, uniqueSku } from '../unique.ts';
import type { Operation } from './document.ts';
import type { Sender } from './requests.ts';
import type { Hints } from './values.ts';

const STOCK = 100_000_000;

export interface World {
  readonly authorization: Readonly<Record<Sender, string | undefined>>;
  /** Each sender's own. */
  readonly browsers: Readonly<Record<Sender, Browser>>;
  hintsFor(operation: Operation): Hints;
  /** What has to be so for a proper request of this operation to succeed. */
  prepare(operation: Operation, sender: Sender): Promise<void>;
}

export async function buildWorld(): Promise<World> {
  const [customer, admin] = [await registerCustomer(), await signInAdmin()];
  const products = await atOnce(12, () => createProduct(admin, { onHand: STOCK, name: 'Fuzzy kettle' }));
  const toArchive = await atOnce(24, () => createProduct(admin, { name: 'Fuzzy old kettle' }));
  // Several, so that no account meets ten wrong passwords.
  const accounts = await atOnce(30, async () => granted(await register()).email);
  const orders: string[] = [];
  for (const buyer of [customer, admin, customer])
    orders.push(granted(await buy(buyer, products[0] as { id: string })).id);
  const page = granted(await admin.get<ProductPage>('/products?pageSize=1'));

  const ids = (things: readonly { readonly id: string }[]) => things.map(({ id }) => id);
  const shared: Hints = {
    productId: ids(products.slice(0, 6)),
    category: await categories(),
    paymentToken: ['tok_ok', 'tok_ok', 'tok_declined'],
    password: [PASSWORD],
    'idempotency-key': Array.from({ length: 100 }, uniqueKey),
    'if-match': ['"1"', '*', '*'],
    sku: [products[0]?.sku, ...Array.from({ length: 40 }, uniqueSku)],
    pageToken: [page.nextPageToken],
    q: ['kettle', 'fuzzy kettle', 'the'],
  };
  const byOperation: Readonly<Record<string, Hints>> = {
    // Not those that are ordered: there must be enough of them, whatever is set here.
    setStock: { productId: ids(products.slice(6)) },
    archiveProduct: { id: ids(toArchive) },
    getOrder: { id: orders },
    cancelOrder: { id: orders },
    signIn: { email: accounts },
  };
  const sessions: Readonly<Partial<Record<Sender, Session>>> = { customer, admin };

  return {
    authorization: {
      nobody: undefined,
      customer: `Bearer ${customer.token}`,
      admin: `Bearer ${admin.token}`,
      forger: `Bearer ${admin.token?.slice(0, -4)}AAAA`,
    },
    browsers: {
      nobody: openBrowser(),
      customer: customer.browser,
      admin: admin.browser,
      forger: openBrowser(),
    },
    hintsFor: ({ operationId }) => ({ ...shared, id: ids(products), ...byOperation[operationId] }),
    async prepare({ operationId }, sender) {
      const session = sessions[sender];
      if (session === undefined || !['placeOrder', 'removeCartItem'].includes(operationId)) return;
      for (const product of products.slice(0, 3)) await fillCart(session, product);
    },
  };
}
