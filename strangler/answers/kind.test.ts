import type { HttpAnswer } from './http-answer.ts';
import { kindOf } from './kind.ts';

const answer = (body: unknown, status = 200): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
});
const product = (id: string, name = `the ${id}`) => ({ id, name, price: { amount: 1, currency: 'EUR' } });
const page = (...products: object[]) => answer({ products });
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => product(id));
const none = answer({ code: 'not_found' }, 404);

test.each([
  ['missing', 'a record that the service does not know', answer(a), none],
  ['extra', 'a record that only the service knows', none, answer(a)],
  ['status', 'a record that the service fails on', answer(a), answer({ code: 'internal' }, 500)],
  ['status', 'a refusal that is another one', none, answer({ code: 'invalid_request' }, 400)],
  ['missing', 'a whole list that is shorter', page(a!, b!, c!), page(a!, c!)],
  ['missing', 'a page that is filled from the next one', page(a!, b!, c!), page(a!, c!, d!)],
  ['missing', 'a list with nothing in it', page(a!), page()],
  ['extra', 'a whole list that is longer', page(a!, c!), page(a!, b!, c!)],
  ['extra', 'a page whose last record has no place any more', page(a!, c!, d!), page(a!, b!, c!)],
  ['changed_field', 'one field', page(a!, b!), page(a!, product('b', 'another'))],
  ['changed_field', 'a field by which the list is ordered', page(a!, b!), page(product('b', '0'), a!)],
  ['changed_field', 'a field of a record', answer(a), answer(product('a', 'another'))],
  ['changed_field', 'a token', answer({ products: [], nextPageToken: 'x' }), answer({ products: [] })],
  ['wrong_order', 'two records that changed places', page(a!, b!, c!), page(a!, c!, b!)],
  ['swapped_ids', 'the list stands still', page(a!, b!), page(product('b', 'the a'), product('a', 'the b'))],
  ['swapped_ids', 'the list goes by id', page(b!, a!), page(product('b', 'the a'), product('a', 'the b'))],
  ['changed_field', 'what is no JSON', { ...answer(a), body: 'x' }, answer(a)],
] as const)('it is of the kind %s: %s', (kind, _what, monolith, service) => {
  expect(kindOf(monolith, service)).toBe(kind);
});

test('categories are known by their slugs', () => {
  const [tea, pots] = [
    { slug: 'tea', name: 'Tea' },
    { slug: 'pots', name: 'Pots' },
  ];
  const list = (...categories: object[]) => answer({ categories });
  expect(kindOf(list(pots, tea), list(tea, pots))).toBe('wrong_order');
  expect(kindOf(list(pots, tea), list(pots))).toBe('missing');
});
