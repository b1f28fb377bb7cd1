// A write sent to a service: what it answers, by whom it was refused, or that nobody knows what became of it.
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import { runInCall } from '#platform/call-context.ts';
import { ShopError } from '#platform/errors.ts';
import { refusalIn, type Attempted } from '#platform/held-writes.ts';
import { apology } from '#platform/http/problem.ts';
import type { Logger } from '#platform/logger.ts';
import type { Exchange } from '../exchange.ts';
import { overloaded } from '../problems.ts';
import type { WriteAnswer, WriteCall } from './service-writes.ts';

export interface ServiceOutcome {
  /** An error that is one on either side. */
  readonly answer: WriteAnswer | ShopError;
  /** Of the service's database, where it told. */
  readonly position: string | undefined;
}

export interface ServiceWrite {
  readonly call: WriteCall;
  /** For whom: their keys are theirs alone. */
  readonly caller: string;
  /** Under which the service is believed to own; under another it refuses. Undefined where it is asked to say. */
  readonly epoch: number | undefined;
}

/** @returns `left` where the monolith has to say what is wrong. @throws {ShopError} `overloaded`; the signal's reason. */
export type WriteAtService = (
  exchange: Exchange,
  write: ServiceWrite,
) => Promise<Attempted<ServiceOutcome | 'left'>>;

export interface WriteService {
  readonly write: WriteAtService;
  /** Writes that it has not answered yet. */
  readonly inFlight: () => number;
}

export interface WriteServiceOptions {
  readonly log: Logger;
  /** Longer than the service's own transactions may last: what it says then is worth waiting for. */
  readonly patienceMs: number;
  /** More are refused at once. */
  readonly maxInFlight: number;
}

export function createWriteService({ log, patienceMs, maxInFlight }: WriteServiceOptions): WriteService {
  const limit = bulkhead(maxInFlight);

  const write: WriteAtService = async ({ request, deadline, signal }, { call, caller, epoch }) => {
    let position: string | undefined;
    const options = {
      deadlineMs: patienceMs,
      metadata: {
        'x-caller-id': caller,
        'x-want-position': '1',
        ...(epoch !== undefined && { 'x-epoch': String(epoch) }),
      },
      onTrailers: (trailers: { get(name: string): readonly unknown[] }) =>
        void (position = trailers.get('x-position').map(String)[0]),
    };
    try {
      const answer = await limit.execute(() =>
        runInCall({ requestId: request.id, deadline, signal }, () => call(options)),
      );
      return { answer: { answer, position } };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BulkheadRejectedError) throw overloaded();
      if (!(error instanceof ShopError)) throw error;
      const refused = refusalIn(error);
      if (refused !== undefined) return { refused, cause: error };
      if (error.kind === 'unavailable') {
        log.debug({ err: error, requestId: request.id }, 'a write got no answer');
        return { refused: {}, cause: error };
      }
      // What the contract has no words for, the API has.
      if (error.code === 'invalid_request') return { answer: 'left' };
      if (error.kind !== 'internal') return { answer: { answer: error, position } };
      log.error({ err: error, requestId: request.id }, 'unexpected error');
      return { answer: { answer: apology(request.id), position } };
    }
  };

  return { write, inFlight: () => maxInFlight - limit.executionSlots };
}
