// What is asked of either edge, as data: the same work is done by a REST caller and by a gRPC one.

export type Work =
  /** A small question, an answer of so many lines: about a hundred bytes of JSON each. */
  | { readonly kind: 'lines'; readonly count: number }
  /** So many lines are sent; the answer is a number. */
  | { readonly kind: 'place'; readonly count: number }
  /** The whole long list, page after page. */
  | { readonly kind: 'pages'; readonly pageSize: number }
  /** The whole long list in one answer: a stream of batches, or for REST one array. */
  | { readonly kind: 'whole'; readonly batch: number }
  /** Of the shop's own catalog: one product, by turns. */
  | { readonly kind: 'product'; readonly ids: readonly string[] }
  /** Of the shop's own catalog: the first page of its list. */
  | { readonly kind: 'newest' };

/** One process for each way to call: all of them with what the shop's own callers have, or with nothing. */
export type CallerKind = 'grpc' | 'grpc-bare' | 'grpc-catalog' | 'undici' | 'fetch';

/** What a caller's process is told. */
export interface CallerOrder {
  readonly caller: CallerKind;
  /** `127.0.0.1:port`. */
  readonly address: string;
  readonly work: Work;
  /** How many calls are under way at once. gRPC has one connection for all of them. */
  readonly parallel: number;
  readonly connections: number;
  readonly seconds: number;
  /** At most. */
  readonly calls?: number;
  /** Instead of figures: what one such call was answered with. */
  readonly show?: true;
}
