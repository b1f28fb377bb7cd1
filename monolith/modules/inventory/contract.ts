// The inventory's REST operations as data: they validate, they type the handlers, and they are the documentation.
import { z } from 'zod';
import { operation } from '#platform/http/operation.ts';
import { id } from '#platform/http/schemas.ts';

const tag = 'inventory';
const units = z.int().min(0).max(1_000_000_000);
const params = z.object({ productId: id });

const stock = z
  .object({ productId: z.uuid(), onHand: z.int(), reserved: z.int(), available: z.int() })
  .meta({ id: 'Stock' });

export const getStock = operation({
  id: 'getStock',
  method: 'get',
  path: '/stock/:productId',
  summary: 'How many of a product there are, are promised, and can still be sold',
  tag,
  access: 'anyone',
  params,
  success: { status: 200, description: 'The stock', body: stock },
  errors: { not_found: 'not_found' },
});

export const setStock = operation({
  id: 'setStock',
  method: 'put',
  path: '/stock/:productId',
  summary: 'Set how many of a product are in the warehouse',
  tag,
  access: 'admin',
  params,
  body: z.object({ onHand: units }),
  idempotent: 'whole',
  success: { status: 200, description: 'The stock as it is now', body: stock },
  errors: { not_found: 'not_found', stock_reserved: 'conflict' },
});

export const inventoryOperations = [getStock, setStock];
