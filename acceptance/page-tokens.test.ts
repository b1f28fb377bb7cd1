// Page tokens: opaque, and good for the list that gave them and no other.
import { granted, registerCustomer, signInAdmin, visitor } from './actors.ts';
import { buy } from './buying.ts';
import { atOnce } from './eventually.ts';
import { expectProblem } from './expect-problem.ts';
import { categories, createProduct } from './goods.ts';
import type { OrderPage, ProductPage } from './shapes.ts';
import { uniqueWord } from './unique.ts';

const admin = await signInAdmin();
const someone = visitor();

async function tokenOf(question: string): Promise<string> {
  const { nextPageToken } = granted(await someone.get<ProductPage>(`/products?pageSize=1&${question}`));
  if (nextPageToken === undefined) throw new Error('a test needs a list of two pages');
  return nextPageToken;
}

const refuse = async (question: string, token: string) =>
  expectProblem(
    await someone.get(`/products?pageSize=1&${question}&pageToken=${encodeURIComponent(token)}`),
    400,
    'invalid_page_token',
  );

test.each(['', 'nonsense', 'e30', 'bnVsbA', '%00', '🫖', '[]', 'W10'])(
  'the page token %j, which the shop never gave, is refused',
  async (token) => {
    await refuse('', token);
  },
);

test('a token is refused when any one of its characters was altered', async () => {
  const token = await tokenOf('sort=price');
  const altered = [...token].map((char, index) => {
    const other = char === 'A' ? 'B' : 'A';
    return `${token.slice(0, index)}${other}${token.slice(index + 1)}`;
  });
  const statuses = await Promise.all(
    altered.map(async (each) => (await someone.get(`/products?sort=price&pageToken=${each}`)).status),
  );
  expect(altered.filter((_each, index) => statuses[index] !== 400)).toEqual([]);
});

test('a token that was cut short or added to is refused', async () => {
  const token = await tokenOf('sort=name');
  await refuse('sort=name', token.slice(0, -4));
  await refuse('sort=name', `${token}AAAA`);
  await refuse('sort=name', `${token}!`);
  await refuse('sort=name', `${token}.AAAA`);
});

test('a token is refused by the same list in another order, or with another filter', async () => {
  const [category] = await categories();
  const token = await tokenOf(`category=${category}&sort=price`);
  await refuse('sort=price', token);
  await refuse(`category=${category}&sort=-price`, token);
  await refuse(`category=${category}&sort=price&minPrice=1`, token);
  await refuse(`category=${category}&sort=price&q=kettle`, token);
});

test('a token is good for another page size, and more than once', async () => {
  const name = uniqueWord();
  await atOnce(5, () => createProduct(admin, { name }));
  const page = async (rest: string) =>
    granted(await admin.get<ProductPage>(`/products?q=${name}&sort=price&${rest}`));
  const { nextPageToken } = await page('pageSize=2');
  const [one, all, again] = [
    await page(`pageSize=1&pageToken=${nextPageToken}`),
    await page(`pageSize=9&pageToken=${nextPageToken}`),
    await page(`pageSize=9&pageToken=${nextPageToken}`),
  ];
  expect(all.products).toHaveLength(3);
  expect(all).toEqual(again);
  expect(all.products.slice(0, 1)).toEqual(one.products);
});

test('orders are listed page by page, the newest first, and refuse the token of another list', async () => {
  const customer = await registerCustomer();
  const product = await createProduct(admin, { onHand: 3 });
  const placed: string[] = [];
  for (let index = 0; index < 3; index += 1) placed.unshift(granted(await buy(customer, product)).id);

  const first = granted(await customer.get<OrderPage>('/orders?pageSize=2'));
  const last = granted(await customer.get<OrderPage>(`/orders?pageSize=2&pageToken=${first.nextPageToken}`));
  expect([...first.orders, ...last.orders].map(({ id }) => id)).toEqual(placed);
  expect(last).not.toHaveProperty('nextPageToken');

  const token = await tokenOf('');
  expectProblem(await customer.get(`/orders?pageToken=${token}`), 400, 'invalid_page_token');
  expectProblem(await customer.get('/orders?pageToken=nonsense'), 400, 'invalid_page_token');
});
