import { createClassifier } from './classify.ts';
import { TABLE } from './table.ts';

const classify = createClassifier(TABLE);
const told = (request: string) => {
  const [method = '', url = ''] = request.split(' ');
  const match = classify({ method, url });
  return match && `${match.capability} ${match.access} ${match.path}`;
};

test.each([
  ['GET /products', 'catalog read /products'],
  ['GET /products?q=tea&sort=price', 'catalog read /products'],
  ['HEAD /products/1', 'catalog read /products/:id'],
  ['DELETE /products/1', 'catalog write /products/:id'],
  ['PATCH /products/a%2Fb', 'catalog write /products/:id'],
  ['PUT /stock/1', 'inventory write /stock/:productId'],
  ['DELETE /cart/items/1', 'carts write /cart/items/:productId'],
  ['POST /sessions', 'customers write /sessions'],
  ['POST /orders/1/cancel', 'orders write /orders/:id/cancel'],
])('%s is told to be %s', (request, expected) => expect(told(request)).toBe(expected));

test.each(['POST /Orders', 'POST /orders/', 'POST /ORDERS/?a=b', 'POST http://shop.test/orders'])(
  '%s means what POST /orders does, as the shop has it',
  (request) => expect(told(request)).toBe('orders write /orders'),
);

test.each([
  'GET /',
  'GET /docs/',
  'GET /health/ready',
  'POST /cart',
  'GET /products/1/2',
  'GET /products//',
  'GET //products',
  'OPTIONS *',
  'GET /productss',
])('%s belongs to no capability', (request) => expect(told(request)).toBeUndefined());

test('every route is a read by GET, or a write by another method', () => {
  for (const { routes } of TABLE)
    for (const { access, method } of routes) expect(method === 'GET').toBe(access === 'read');
});
