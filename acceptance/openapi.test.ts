// The OpenAPI document: it describes the whole contract, and can be believed.
import { fetchDocument, operationsOf, resolve } from './fuzz/document.ts';
import { createJudge } from './fuzz/judge.ts';

const document = await fetchDocument();
const operations = operationsOf(document);

const CONTRACT = `
  POST /customers 201 400 409
  POST /sessions 201 400 401 429
  GET /products 200 400
  POST /products 201 400 401 403 409
  GET /products/{id} 200 304 400 404
  PATCH /products/{id} 200 400 401 403 404 409 412
  DELETE /products/{id} 204 401 403 404 409
  GET /categories 200
  GET /stock/{productId} 200 400 404
  PUT /stock/{productId} 200 400 401 403 404 409
  GET /cart 200 401
  PUT /cart/items/{productId} 200 400 401 404 409
  DELETE /cart/items/{productId} 200 401 404 409
  POST /orders 201 400 401 402 409
  GET /orders 200 400 401
  GET /orders/{id} 200 401 404
  POST /orders/{id}/cancel 200 401 404 409`;

const rows = CONTRACT.trim()
  .split('\n')
  .map((line) => line.trim().split(' '));

test('the document is of OpenAPI 3.1, and says what it describes', () => {
  expect(document.openapi).toMatch(/^3\.1\.\d+$/);
  expect(document.info).toMatchObject({
    title: expect.stringMatching(/\S/) as string,
    version: expect.stringMatching(/\S/) as string,
  });
});

test('it describes every operation of the contract and no other, under names of their own', () => {
  const described = operations.map(({ method, path }) => `${method} ${path}`);
  expect(described.toSorted()).toEqual(rows.map(([method, path]) => `${method} ${path}`).toSorted());
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
});

test.each(rows.map(([method, path, ...statuses]) => ({ method, path, statuses })))(
  '$method $path lists every status that a client has to expect',
  ({ method, path, statuses }) => {
    const operation = operations.find((each) => each.method === method && each.path === path);
    expect(Object.keys(operation?.responses ?? {})).toEqual(expect.arrayContaining(statuses));
  },
);

test('every write takes an Idempotency-Key, but for signing in; an order needs one', () => {
  const keys = operations
    .filter(({ method, path }) => method !== 'GET' && path !== '/sessions')
    .map(({ method, path, parameters }) => {
      const key = parameters.find(({ name }) => name === 'idempotency-key');
      return `${method} ${path} ${key === undefined ? 'none' : key.required ? 'required' : 'optional'}`;
    });
  const writes = rows.filter(([method, path]) => method !== 'GET' && path !== '/sessions');
  expect(keys.toSorted()).toEqual(
    writes
      .map(([method, path]) => `${method} ${path} ${path === '/orders' ? 'required' : 'optional'}`)
      .toSorted(),
  );
});

test('every parameter of a path is declared, and every reference leads somewhere', () => {
  for (const { path, parameters } of operations) {
    const declared = parameters.filter((each) => each.in === 'path').map(({ name }) => name);
    expect([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(declared);
  }
  for (const [, reference = ''] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g))
    expect(resolve(document, { $ref: reference })).toBeDefined();
});

test('every schema of an answer is a valid one, to a validator that overlooks nothing', () => {
  const judge = createJudge(document);
  for (const operation of operations) {
    for (const [status, { content = {} }] of Object.entries(operation.responses)) {
      const headers = new Headers({ 'content-type': Object.keys(content)[0] ?? '' });
      expect(() => judge(operation, { status: Number(status), headers, text: '{}' })).not.toThrow();
    }
  }
});
