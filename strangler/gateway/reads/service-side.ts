// A service as the gateway sees it: asked for as long as it is trusted and not for long, since the monolith can answer too.
import { runInCall } from '#platform/call-context.ts';
import { ShopError } from '#platform/errors.ts';
import type { CallOptions } from '#platform/grpc/client.ts';
import type { Logger } from '#platform/logger.ts';
import type { Exchange, Request } from '../exchange.ts';
import type { Match } from '../routes/classify.ts';
import { createTrust, DEFAULT_TRUST, type Trust, type TrustOptions } from '../trust.ts';

/** In the words of the public API. */
export interface RestAnswer {
  readonly body: Readonly<Record<string, unknown>>;
  readonly etag?: string;
}

/** @throws {ShopError} the service's own, or of the kind `unavailable`. */
export type Call = (options: CallOptions) => Promise<RestAnswer>;

/** The reads of a capability, from REST to its contract and back. */
export interface ServiceReads {
  /** Also what x-served-by says. */
  readonly capability: string;
  /** @returns undefined for what only the monolith can tell the meaning of, a mistake say. */
  translate(request: Request, match: Match): Call | undefined;
}

/** Why the monolith has to answer instead. */
export type Declined =
  'behind' | 'refused' | 'unavailable' | 'too_slow' | 'failed' | 'overloaded' | 'circuit_open';

export type ServiceOutcome =
  | { readonly declined: Declined }
  | {
      /** An error that is one on either side: there is no such product. */
      readonly answer: RestAnswer | ShopError;
      /** Of the service's database, where it told. */
      readonly position: string | undefined;
    };

export interface ServiceSide extends ServiceReads {
  readonly trust: Pick<Trust, 'inFlight' | 'isOpen'>;
  /**
   * @param seen what the answer has to contain.
   * @throws the exchange's signal's reason.
   */
  ask(exchange: Exchange, call: Call, seen: string): Promise<ServiceOutcome>;
}

export interface ServiceSideOptions extends Partial<TrustOptions> {
  readonly log: Logger;
  /** Then the monolith is asked. */
  readonly patienceMs: number;
}

export function createServiceSide(
  reads: ServiceReads,
  { log, patienceMs, ...trusted }: ServiceSideOptions,
): ServiceSide {
  const trust = createTrust(`${reads.capability} service`, { ...DEFAULT_TRUST, ...trusted }, log);

  /** @throws what is held against the service. */
  async function attempt(
    { request, deadline, signal }: Exchange,
    call: Call,
    seen: string,
  ): Promise<ServiceOutcome> {
    let position: string | undefined;
    const options: CallOptions = {
      deadlineMs: patienceMs,
      metadata: { 'x-read-after': seen, 'x-want-position': '1' },
      onTrailers: (trailers) => (position = trailers.get('x-position').map(String)[0]),
    };
    try {
      const answer = await runInCall({ requestId: request.id, deadline, signal }, () => call(options));
      return { answer, position };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ShopError)) throw error;
      if (error.kind === 'not_found') return { answer: error, position };
      if (error.code === 'behind') return { declined: 'behind' };
      if (error.kind === 'invalid_argument') return { declined: 'refused' };
      throw error;
    }
  }

  return {
    ...reads,
    trust,
    async ask(exchange, call, seen) {
      let outcome: ServiceOutcome = { declined: 'circuit_open' };
      try {
        await trust.use(async () => {
          outcome = { declined: 'failed' };
          outcome = await attempt(exchange, call, seen);
          return { ended: Promise.resolve() };
        });
        return outcome;
      } catch (error) {
        exchange.signal.throwIfAborted();
        log.debug({ err: error, requestId: exchange.request.id }, `the ${reads.capability} service declined`);
        return { declined: outcome.declined === 'failed' ? reasonOf(error) : declinedBefore(error) };
      }
    },
  };
}

function reasonOf(error: unknown): Declined {
  if (!(error instanceof ShopError) || error.kind !== 'unavailable') return 'failed';
  return error.code === 'deadline_exceeded' ? 'too_slow' : 'unavailable';
}

const declinedBefore = (error: unknown): Declined =>
  error instanceof ShopError && error.code === 'overloaded' ? 'overloaded' : 'circuit_open';
