// The handlers that both edges call, from question to answer: in memory, so that only the transport is measured.

/** About a hundred bytes of JSON. */
export interface Line {
  readonly productId: string;
  readonly name: string;
  readonly quantity: number;
  /** Minor units. */
  readonly price: number;
}

/** As the catalog has it. */
export interface Product {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly price: { readonly amount: number; readonly currency: string };
  readonly etag: string;
}

export interface Handlers {
  readonly listLines: (count: number) => readonly Line[];
  /** @returns what they come to. */
  readonly placeLines: (lines: readonly Line[]) => number;
  readonly listProducts: (pageSize: number, offset: number) => readonly Product[];
  readonly allProducts: () => readonly Product[];
}

export const ORDER_ID = '01933b6e-5a00-7000-8000-000000000000';
const MOST_LINES = 10_000;

const idOf = (index: number) => `01933b6e-5a00-7000-8000-${index.toString(16).padStart(12, '0')}`;

/** The first so many of always the same lines. */
export const linesOf = (count: number): readonly Line[] => LINES.slice(0, count);

const LINES: readonly Line[] = Array.from({ length: MOST_LINES }, (_, index) => ({
  productId: idOf(index),
  name: `Iron kettle ${String(index).padStart(4, '0')}`,
  quantity: 1 + (index % 9),
  price: 1_000 + (index % 9_000),
}));

/** @param products how long the long list is. */
export function createHandlers(products: number): Handlers {
  const all: readonly Product[] = Array.from({ length: products }, (_, index) => ({
    id: idOf(index),
    sku: `KTL-${String(index).padStart(5, '0')}`,
    name: `Iron kettle ${index}`,
    description: 'Boils water, and tells when. For the stove, and for the fire in the garden.',
    category: 'coffee-and-tea',
    price: { amount: 1_000 + (index % 9_000), currency: 'EUR' },
    etag: `"${1 + (index % 5)}"`,
  }));
  return {
    listLines: linesOf,
    placeLines: (lines) => lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0),
    listProducts: (pageSize, offset) => all.slice(offset, offset + pageSize),
    allProducts: () => all,
  };
}
