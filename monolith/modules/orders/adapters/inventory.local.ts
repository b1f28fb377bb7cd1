// The orders' warehouse, by the inventory in the same process: it takes part in the caller's transaction.
import type { Inventory } from '../../inventory/inventory.ts';
import type { Warehouse } from '../ports.ts';

export function createLocalWarehouse(inventory: Inventory): Warehouse {
  return {
    reserve: (units) => inventory.reserve(units),
    ship: (units) => inventory.ship(units),
    release: (units) => inventory.release(units),
    restock: (units) => inventory.restock(units),
  };
}
