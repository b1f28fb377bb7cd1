// What a service can be asked to write, and what it answers, in the words of the public API.
import type { CallOptions } from '#platform/grpc/client.ts';
import type { Request } from '../exchange.ts';
import type { Match } from '../routes/classify.ts';

export interface WriteAnswer {
  readonly status: number;
  /** Undefined where there is none. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly etag?: string;
}

/**
 * Does the write, once however often it is called.
 * @throws {ShopError} the service's own: `not_the_owner` where it was refused; of the kind `unavailable` where nobody
 * knows whether it was done.
 */
export type WriteCall = (options: CallOptions) => Promise<WriteAnswer>;

/** The writes of a capability, from REST to its contract and back. */
export interface ServiceWrites {
  /** Also what x-served-by says. */
  readonly capability: string;
  /** @returns undefined for what only the monolith can tell the meaning of, a mistake say. */
  translate(request: Request, match: Match, body: Buffer | null, key: string): WriteCall | undefined;
}
