// The shop's OpenAPI document: every module's operations, and no others.
import { buildOpenApi } from '#platform/http/openapi.ts';
import { version } from '#platform/paths.ts';
import { cartsOperations } from './modules/carts/contract.ts';
import { catalogOperations } from './modules/catalog/contract.ts';
import { customersOperations } from './modules/customers/contract.ts';
import { inventoryOperations } from './modules/inventory/contract.ts';
import { ordersOperations } from './modules/orders/contract.ts';

export function describeApi() {
  const info = {
    title: 'The shop',
    version,
    description: 'The public contract: the same whether the monolith answers or a service pulled out of it.',
  };
  return buildOpenApi(info, [
    ...customersOperations,
    ...catalogOperations,
    ...inventoryOperations,
    ...cartsOperations,
    ...ordersOperations,
  ]);
}
