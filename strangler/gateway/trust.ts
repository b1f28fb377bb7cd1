// How far a side is trusted: only so many requests at once, and none for a while after several were not answered.
import {
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
} from 'cockatiel';
import { errors } from 'undici';
import type { Logger } from '#platform/logger.ts';
import { CallerGone, overloaded, SlowCaller, unavailable } from './problems.ts';

export interface TrustOptions {
  /** Requests; more are refused at once, since a queue only makes everybody late. */
  readonly maxInFlight: number;
  /** Requests in a row that got no answer; an answer of any status ends the row. */
  readonly failuresToOpen: number;
  /** Then none is sent for so long; after it one is, and decides. */
  readonly openMs: number;
}

export const DEFAULT_TRUST: TrustOptions = { maxInFlight: 512, failuresToOpen: 5, openMs: 1_000 };

export interface Trust {
  readonly inFlight: () => number;
  readonly isOpen: () => boolean;
  /**
   * @param begin resolves when an answer begins, with what resolves when it has ended.
   * @throws {ShopError} `overloaded`, or `unavailable` where it is not tried; whatever `begin` throws.
   */
  use(begin: () => Promise<{ readonly ended: Promise<unknown> }>): Promise<void>;
}

export function createTrust(
  name: string,
  { maxInFlight, failuresToOpen, openMs }: TrustOptions,
  log: Logger,
): Trust {
  const limit = bulkhead(maxInFlight);
  const breaker = circuitBreaker(
    handleWhen((error) => isItsFault(error)),
    {
      halfOpenAfter: openMs,
      breaker: new ConsecutiveBreaker(failuresToOpen),
    },
  );
  breaker.onBreak(() => log.warn(`the ${name} does not answer: it is left alone for ${openMs} ms`));
  breaker.onReset(() => log.info(`the ${name} answers again`));

  return {
    inFlight: () => maxInFlight - limit.executionSlots,
    isOpen: () => breaker.state !== CircuitState.Closed,
    async use(begin) {
      try {
        await limit.execute(async () => {
          // One is being tried: whoever waited for it would wait as long as it does.
          if (breaker.state === CircuitState.HalfOpen) throw unavailable(new Error('being tried'));
          const { ended } = await breaker.execute(begin);
          await ended;
        });
      } catch (error) {
        throw error instanceof BulkheadRejectedError ? overloaded() : error;
      }
    },
  };
}

/** Not that of a caller who hung up, was slow, or asked for what cannot be sent. */
const isItsFault = (error: unknown): boolean =>
  !(
    error instanceof CallerGone ||
    error instanceof SlowCaller ||
    error instanceof errors.InvalidArgumentError
  );
