// Between the contract's messages, whose rules have been checked by now, and the catalog's own words.
import {
  ProductOrder as WireOrder,
  type Product as WireProduct,
  type ProductDraft as WireDraft,
  type ProductFilter,
  type UpdateProductRequest,
} from '../../generated/protos/shop/catalog/v1/catalog.ts';
import type { Money as WireMoney } from '../../generated/protos/shop/common/v1/money.ts';
import type { Money } from '#platform/money.ts';
import type { Product, ProductDraft, ProductOrder, ProductQuery } from './catalog.ts';

/** @param etag quotes included. */
export const toWire = ({ price, ...same }: Product, etag: string): WireProduct => ({
  ...same,
  price: { amount: BigInt(price.amount), currency: price.currency },
  etag,
});

export const etagOf = (version: number) => `"${version}"`;

/** Undefined where any version will do. */
export function versionIn(etag: string | undefined): number | undefined {
  const [digits] = /\d+/.exec(etag ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** With its members in this order always: a key's request is told from another by its text. */
function changesOf(product: Partial<WireDraft>, mask: readonly string[]): Partial<ProductDraft> {
  const { sku, name, description, category, price } = product;
  const members = { sku, name, description, category, price: price && fromWire(price) };
  const named = Object.entries(members).filter(
    ([member, value]) => value !== undefined && (mask.length === 0 || mask.includes(member)),
  );
  return Object.fromEntries(named);
}

/** A mask without a path is none (AIP-161). */
export const changesIn = ({ product, updateMask }: UpdateProductRequest): Partial<ProductDraft> =>
  changesOf(product ?? {}, updateMask ?? []);

/** All of its members are set: the contract requires them. */
export const draftIn = (product: WireDraft | undefined) => changesOf(product ?? {}, []) as ProductDraft;

const fromWire = ({ amount, currency }: WireMoney): Money => ({ amount: Number(amount), currency });

export const filterOf = (filter: ProductFilter | undefined): Omit<ProductQuery, 'words' | 'order'> => ({
  category: filter?.category,
  minPrice: numberOf(filter?.minPrice),
  maxPrice: numberOf(filter?.maxPrice),
});

const numberOf = (amount: bigint | undefined) => (amount === undefined ? undefined : Number(amount));

/** Undefined for the default. */
export const ORDERS: Readonly<Record<WireOrder, ProductOrder | undefined>> = {
  [WireOrder.PRODUCT_ORDER_UNSPECIFIED]: undefined,
  [WireOrder.PRODUCT_ORDER_NEWEST]: 'newest',
  [WireOrder.PRODUCT_ORDER_NAME]: 'name',
  [WireOrder.PRODUCT_ORDER_PRICE]: 'price',
  [WireOrder.PRODUCT_ORDER_PRICE_DESCENDING]: '-price',
  [WireOrder.PRODUCT_ORDER_RELEVANCE]: 'relevance',
  [WireOrder.UNRECOGNIZED]: undefined,
};
