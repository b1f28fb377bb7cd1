// Asks a service for the parallel run, and puts its answer as the gateway would give it to a user.
import { runInCall } from '#platform/call-context.ts';
import { ShopError } from '#platform/errors.ts';
import type { CallOptions } from '#platform/grpc/client.ts';
import { problemAnswer } from '#platform/http/problem.ts';
import type { HttpAnswer } from '../../answers/http-answer.ts';
import { orAborted } from '../exchange.ts';
import { Inconclusive, type Position } from './compare-sides.ts';

/** A read in the words of the service. @throws {ShopError} the service's own, or of the kind `unavailable`. */
export type Call = (
  options: CallOptions,
) => Promise<{ readonly body: Readonly<Record<string, unknown>>; readonly etag?: string }>;

/**
 * @param requestId the user's request's, which is part of an answer that tells of a mistake.
 * @throws {ShopError} `behind`. @throws {Inconclusive}
 */
export async function askService(
  call: Call,
  requestId: string,
  signal: AbortSignal,
  readAfter?: Position,
): Promise<HttpAnswer> {
  const metadata: Record<string, string> = readAfter === undefined ? {} : { 'x-read-after': readAfter };
  try {
    // The deadline is the signal's.
    const called = runInCall({ requestId, deadline: Infinity, signal }, () => call({ metadata }));
    const { body, etag } = await orAborted(called, signal);
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      ...(etag !== undefined && { etag }),
    };
    return { status: 200, headers, body: JSON.stringify(body) };
  } catch (error) {
    if (signal.aborted) throw new Inconclusive('too_slow', error);
    if (!(error instanceof ShopError)) throw new Inconclusive('service_failed', error);
    if (error.code === 'behind') throw error;
    const { status, headers, body } = problemAnswer(error, requestId);
    const lowered = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    return { status, headers: Object.fromEntries(lowered), body };
  }
}
