// What the inventory needs of the rest of the shop, in its own words.

/** What the shop sells. */
export interface Assortment {
  /** False for a product that there never was, and for one that is sold no more. */
  isForSale(productId: string): Promise<boolean>;
}
