// What a request carries on to the calls that it causes: its id, until when an answer is of use, and whether anybody
// still waits for it.
import { AsyncLocalStorage } from 'node:async_hooks';
import { ShopError } from './errors.ts';

export interface CallContext {
  /** The same in the logs of every process that had a part in the request. */
  readonly requestId: string;
  /** Milliseconds since the epoch; Infinity where there is none. */
  readonly deadline: number;
  /**
   * Fires when the caller has gone or the deadline has passed. Its reason is a ShopError of the kind `unavailable`, for
   * whichever was noticed first: a caller whose deadline has passed goes.
   */
  readonly signal: AbortSignal;
}

const ambient = new AsyncLocalStorage<CallContext>();

/** The request that the caller works for, or undefined outside of any. */
export const currentCall = (): CallContext | undefined => ambient.getStore();

/** Whatever the work calls, at any depth, finds the context by `currentCall`. */
export const runInCall = <T>(context: CallContext, work: () => T): T => ambient.run(context, work);

/** Two ends of a call that tell nothing about its effect: it may have happened, and may not. */
export const deadlineExceeded = () =>
  new ShopError('unavailable', 'deadline_exceeded', 'There was no answer in time.');
export const cancelled = () => new ShopError('unavailable', 'cancelled', 'The caller has gone.');

/** @throws {ShopError} where an answer would be of no use any more. */
export function requireTime({ deadline, signal }: CallContext): void {
  if (signal.aborted) throw signal.reason instanceof ShopError ? signal.reason : cancelled();
  if (deadline <= Date.now()) throw deadlineExceeded();
}
