// Between the handlers' types and the contract's, in which an int64 is a bigint.
import type { Product as ProductMessage } from '../../generated/protos/shop/catalog/v1/catalog.ts';
import type { Line as LineMessage } from '../../generated/protos/shop/testing/v1/bench.ts';
import type { Line, Product } from './handlers.ts';

export const toLine = (line: Line): LineMessage => ({ ...line, price: BigInt(line.price) });
export const fromLine = (line: LineMessage): Line => ({ ...line, price: Number(line.price) });
export const toProduct = (product: Product): ProductMessage => ({
  ...product,
  price: { amount: BigInt(product.price.amount), currency: product.price.currency },
});
