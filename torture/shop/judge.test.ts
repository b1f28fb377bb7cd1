import type { RegisterEvent } from '../load/history.ts';
import { INITIAL_PRICE } from './databases.ts';
import type { ShopEnd } from './end.ts';
import { createShopHistory, noteUnexpected, type ShopHistory, type Sight } from './history.ts';
import { judgeShop } from './judge.ts';

const PRODUCT = 'register';

const change = (version: number, value: number, replaced: number, invoked: number): RegisterEvent => ({
  ...{ version, value, replaced, invoked, completed: invoked + 1 },
});
const sight = (version: number, amount: number, invoked: number, session = 0): Sight => ({
  ...{ session, product: PRODUCT, version, amount, invoked, completed: invoked + 1 },
});

/** Two changes of one price, seen by their session, and one product that was made. */
function history(more: Partial<ShopHistory> = {}): ShopHistory {
  const counts = { ...createShopHistory().counts, ok: 5 };
  return {
    ...createShopHistory(),
    counts,
    created: new Map([['T-1', { id: 'one', invoked: 0, completed: 1 }]]),
    changes: new Map([[PRODUCT, [change(2, 20, INITIAL_PRICE, 10), change(3, 30, 20, 20)]]]),
    sights: [sight(1, INITIAL_PRICE, 5), sight(2, 20, 15), sight(3, 30, 25)],
    ...more,
  };
}

const end: ShopEnd = {
  products: [{ id: 'one', sku: 'T-1' }],
  prices: [{ id: PRODUCT, value: 30, version: 3 }],
  throughGateway: [
    { id: PRODUCT, answered: { value: 30, version: 3 } },
    { id: 'one', answered: { value: 1, version: 1 } },
  ],
  differences: [],
};

const violated = (...asked: Parameters<typeof judgeShop>) =>
  judgeShop(...asked)
    .filter(({ findings }) => findings.length > 0)
    .map(({ invariant }) => invariant.replace('shop: ', ''));

test('what was done once, and is seen so at every place, violates nothing', () => {
  expect(violated(history(), end)).toEqual([]);
  expect(judgeShop(history(), end).every(({ checked }) => checked > 0)).toBe(true);
});

test.each<[string, Partial<ShopEnd>, string]>([
  ['a product that is lost', { products: [] }, 'every acknowledged product is there'],
  [
    'a product under another id',
    { products: [{ id: 'two', sku: 'T-1' }] },
    'every acknowledged product is there',
  ],
  [
    'a product that the gateway does not know',
    { throughGateway: [{ id: 'one', answered: undefined }] },
    'every acknowledged product is there',
  ],
  [
    'a product that nobody was told of',
    { products: [...end.products, { id: 'two', sku: 'T-2' }] },
    'one product for each key',
  ],
  [
    'a product that was made twice',
    { products: [...end.products, ...end.products] },
    'one product for each key',
  ],
  [
    'a price that is lost',
    { prices: [{ id: PRODUCT, value: 20, version: 2 }], throughGateway: [] },
    'prices are linearizable',
  ],
  [
    'a price that is an old one at the gateway',
    { throughGateway: [{ id: PRODUCT, answered: { value: 20, version: 2 } }] },
    'prices are linearizable',
  ],
  ['a row that differs', { differences: [{ text: 'products 1' }] }, 'both sides hold the same'],
])('%s is found', (_what, wrong, invariant) => {
  expect(violated(history(), { ...end, ...wrong })).toEqual([invariant]);
});

test.each<[string, readonly RegisterEvent[]]>([
  ['a version that was made twice', [change(2, 20, INITIAL_PRICE, 10), change(2, 25, INITIAL_PRICE, 12)]],
  ['a change that replaced what was not there', [change(2, 20, INITIAL_PRICE, 10), change(3, 30, 19, 20)]],
  ['a later version that was made earlier', [change(2, 20, INITIAL_PRICE, 10), change(3, 30, 20, 2)]],
])('%s is found', (_what, events) => {
  expect(violated(history({ changes: new Map([[PRODUCT, [...events]]]), sights: [] }), end)).toEqual([
    'prices are linearizable',
  ]);
});

test.each<[string, readonly Sight[]]>([
  ['a session that sees less than before', [sight(3, 30, 25), sight(2, 20, 30)]],
  ['a version that nobody made', [sight(4, 40, 25)]],
  ['a version with another price', [sight(2, 30, 25)]],
  ['a version before it was made', [sight(3, 30, 12)]],
])('%s is found', (_what, sights) => {
  expect(violated(history({ sights: [...sights] }), end)).toEqual(['no session sees less than it has seen']);
});

test('another session may see less', () => {
  expect(violated(history({ sights: [sight(3, 30, 25), sight(2, 20, 30, 1)] }), end)).toEqual([]);
});

test('a call that was given up without a fault, and an answer that nobody may get, are found', () => {
  const open = (disturbed: boolean) => ({
    ...{
      session: 0,
      key: 'k',
      outcome: 'unknown',
      disturbed,
      reason: '503',
      invoked: 0,
      completed: Infinity,
    },
    operation: { kind: 'create', sku: 'T-9' },
  });
  expect(violated(history({ open: [open(true)] as ShopHistory['open'] }), end)).toEqual([]);
  expect(violated(history({ open: [open(false)] as ShopHistory['open'] }), end)).toEqual([
    'a planned switch lets no caller down',
  ]);
  const one = history();
  noteUnexpected(one, 'create: 500');
  expect(violated(one, end)).toEqual(['callers meet no answer but the expected ones']);
});
