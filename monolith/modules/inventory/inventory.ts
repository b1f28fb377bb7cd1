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

    /** Promises all of the given units, or none. @throws {ShopError} `out_of_stock`, naming the product. */
    async reserve(quantities: readonly Quantity[]): Promise<void> {
      for (const { productId, quantity } of inLockOrder(quantities)) {
        if (await repository.reserve(productId, quantity)) continue;
        throw new ShopError('conflict', 'out_of_stock', 'There is not enough of a product in the cart.', {
          extra: { productId, requested: quantity },
        });
      }
    },

    /** Promised units leave the warehouse. */
    async ship(quantities: readonly Quantity[]): Promise<void> {
      for (const { productId, quantity } of inLockOrder(quantities)) {
        await repository.move(productId, { onHand: -quantity, reserved: -quantity });
      }
    },

    /** Promised units may be sold to others again. */
    async release(quantities: readonly Quantity[]): Promise<void> {
      for (const { productId, quantity } of inLockOrder(quantities)) {
        await repository.move(productId, { onHand: 0, reserved: -quantity });
      }
    },

    /** Units that had left come back. */
    async restock(quantities: readonly Quantity[]): Promise<void> {
      for (const { productId, quantity } of inLockOrder(quantities)) {
        await repository.move(productId, { onHand: quantity, reserved: 0 });
      }
    },
  };
}

/** Rows are locked in one order everywhere, so that two carts with the same products never wait for each other. */
const inLockOrder = (quantities: readonly Quantity[]) =>
  quantities.toSorted((a, b) => (a.productId < b.productId ? -1 : 1));
