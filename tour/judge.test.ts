// Each thing that may be wrong in the end, planted once: it is found, and nothing else is.
import { judge, type End, type EndOrder } from './judge.ts';
import type { Promised } from './told.ts';

const promised = (): Promised => ({
  own: [{ id: 'own', version: 3, amount: 120, certain: true }],
  scarce: [{ id: 'scarce', units: 2 }],
  orders: new Map([
    [0, ['first']],
    [1, ['second']],
  ]),
});

const order = (id: string, changes: Partial<EndOrder> = {}): EndOrder => ({
  id,
  status: 'confirmed',
  items: [{ productId: 'scarce', quantity: 1 }],
  ...changes,
});

const end = (changes: Partial<End> = {}): End => ({
  products: new Map([
    ['own', { version: 3, amount: 120 }],
    ['scarce', { version: 1, amount: 100 }],
  ]),
  orders: new Map([
    [0, [order('first')]],
    [1, [order('second')]],
  ]),
  ledger: [charge('first'), charge('second')],
  differing: 0,
  ...changes,
});

const charge = (key: string) => ({ type: 'charge', key });
const refund = (key: string) => ({ type: 'refund', key });
const NOTHING = { lost: 0, duplicated: 0, chargedTwice: 0, oversold: 0, findings: [] };
const own = (version: number, amount: number) => new Map([...end().products, ['own', { version, amount }]]);
const ordersOf = (...orders: EndOrder[]) => new Map([...end().orders, [1, orders]]);

test('where everything is there, and once, nothing is found', () => {
  expect(judge(promised(), end())).toEqual(NOTHING);
});

test.each<[string, Partial<End>, object]>([
  ['a product that is gone', { products: new Map([['scarce', { version: 1, amount: 1 }]]) }, { lost: 1 }],
  [
    'a scarce product that is gone',
    { products: new Map([['own', { version: 3, amount: 120 }]]) },
    { lost: 1 },
  ],
  ['two changes that are gone', { products: own(1, 100) }, { lost: 2 }],
  ['a change that was overwritten', { products: own(3, 119) }, { lost: 1 }],
  ['a change that was made twice', { products: own(4, 120) }, { duplicated: 1 }],
  ['rows that differ', { differing: 7 }, { lost: 7 }],
  ['an order that is gone', { orders: ordersOf() }, { lost: 1 }],
  [
    'an order that was made twice',
    {
      orders: ordersOf(order('second'), order('again', { items: [] })),
      ledger: [charge('first'), charge('second'), charge('again')],
    },
    { duplicated: 1 },
  ],
  [
    'money that was taken twice',
    { ledger: [charge('first'), charge('second'), charge('second')] },
    { chargedTwice: 1 },
  ],
  [
    'money for an order that failed',
    { orders: ordersOf(order('second', { status: 'failed' })) },
    { chargedTwice: 1 },
  ],
  ['money that was never taken', { ledger: [charge('first')] }, { lost: 1 }],
  [
    'more pieces than there were',
    { orders: ordersOf(order('second', { items: [{ productId: 'scarce', quantity: 2 }] })) },
    { oversold: 1 },
  ],
])('%s is found, and nothing else is', (_name, changes, found) => {
  const { findings, ...counts } = judge(promised(), end(changes));
  expect({ ...counts, findings: [] }).toEqual({ ...NOTHING, ...found });
  expect(findings).toHaveLength(1);
});

test('an order that failed, and whose money was given back, is none of these', () => {
  const orders = ordersOf(order('second', { status: 'failed' }));
  const ledger = [charge('first'), charge('second'), refund('second')];
  expect(judge(promised(), end({ orders, ledger }))).toEqual(NOTHING);
});

test('of a product whose last write was never answered nobody knows the version, but it has to be there', () => {
  const [product] = promised().own;
  const unsure: Promised = { ...promised(), own: [{ ...product!, certain: false }] };
  expect(judge(unsure, end({ products: own(9, 1) }))).toEqual(NOTHING);
  expect(judge(unsure, end({ products: new Map([['scarce', { version: 1, amount: 1 }]]) })).lost).toBe(1);
});
