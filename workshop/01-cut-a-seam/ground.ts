// What the exercise stands on; not to be touched. The check gives the module a database and a catalog.
import type { Money } from '#platform/money.ts';
import type { Catalog } from '../../monolith/modules/catalog/catalog.ts';

export interface Database {
  /** Rows as PostgreSQL's driver gives them: timestamps are Dates, integers numbers. */
  readonly query: <Row>(statement: string, values: readonly unknown[]) => Promise<Row[]>;
}

/** What the rest of the shop has of the module. */
export interface Wishlists {
  addWish(customerId: string, productId: string): Promise<void>;
  listWishes(
    customerId: string,
  ): Promise<readonly { readonly productId: string; readonly name: string; readonly price: Money }[]>;
}

/** What module.ts has to export. */
export interface WishlistsModule {
  /** @param catalog the front door of the sibling. */
  readonly openWishlists: (database: Database, catalog: Catalog) => Wishlists;
}
