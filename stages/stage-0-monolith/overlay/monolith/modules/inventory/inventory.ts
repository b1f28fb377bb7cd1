// The inventory: how many of each product there are, and how many are promised. The module's only front door.
import { notFound, ShopError } from '#platform/errors.ts';
import type { InventoryRepository } from './repository.ts';

export interface Stock {
  readonly productId: string;
  /** In the warehouse. */
  readonly onHand: number;
  /** Of these, promised to orders that are not yet confirmed. */
  readonly reserved: number;
  /** What can still be sold. */
  readonly available: number;
}

/** A number of units of one product. */
export interface Quantity {
  readonly productId: string;
  readonly quantity: number;
}

export type Inventory = ReturnType<typeof createInventory>;

export function createInventory(repository: InventoryRepository) {
  return {
    /** @throws {ShopError} `not_found`. */
    async getStock(productId: string): Promise<Stock> {
      const stock = await repository.findStock(productId);
      if (stock === undefined) throw notFound('product', productId);
      return stock;
    },

    /** Sets what is in the warehouse. @throws {ShopError} `not_found`; `stock_reserved` where more is promised. */
    async setOnHand(productId: string, onHand: number): Promise<Stock> {
      const changed = await repository.setOnHand(productId, onHand);
      const stock = changed ?? (await this.getStock(productId));
      if (changed === undefined) {
        throw new ShopError('conflict', 'stock_reserved', `${stock.reserved} units are promised to orders.`);
      }
      return stock;
    },

    /** Promises all of the given units, or none. @throws {ShopError} `out_of_stock`, naming a product. */
    async reserve(quantities: readonly Quantity[]): Promise<void> {
      const missing = await repository.reserve(quantities);
      if (missing === undefined) return;
      throw new ShopError('conflict', 'out_of_stock', 'There is not enough of a product in the cart.', {
        extra: { productId: missing.productId, requested: missing.quantity },
      });
    },

    /** Promised units leave the warehouse. */
    async ship(quantities: readonly Quantity[]): Promise<void> {
      await repository.move(quantities, { onHand: -1, reserved: -1 });
    },

    /** Promised units may be sold to others again. */
    async release(quantities: readonly Quantity[]): Promise<void> {
      await repository.move(quantities, { onHand: 0, reserved: -1 });
    },

    /** Units that had left come back. */
    async restock(quantities: readonly Quantity[]): Promise<void> {
      await repository.move(quantities, { onHand: +1, reserved: 0 });
    },
  };
}
