// A side as the gateway sees it: a pool of connections, and how much of it is used, so that neither brings the other down.
import type { Readable, Writable } from 'node:stream';
import { errors, Pool, type Dispatcher } from 'undici';
import type { Logger } from '#platform/logger.ts';
import type { AnswerHeaders } from './headers.ts';
import { createTrust, DEFAULT_TRUST, type Trust, type TrustOptions } from './trust.ts';

/** The vocabulary of x-served-by and of metrics. */
export type Side = 'monolith';

const CHECK_TIMEOUT_MS = 3_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** What comes before are informations, of which several may precede an answer. */
const FIRST_FINAL_STATUS = 200;

export interface Outgoing {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: Buffer | Readable | null;
  /** Whether it has its effect once however often it is sent. */
  readonly repeatable: boolean;
}

/** Called once, when the answer begins: where it goes. */
export type Begin = (status: number, headers: AnswerHeaders) => Writable;

export interface Backend {
  readonly side: Side;
  readonly trust: Pick<Trust, 'inFlight' | 'isOpen'>;
  /**
   * Resolves when the answer has gone out whole.
   * @throws the signal's reason; whatever broke the connection, at any time. @throws {ShopError} where it is not tried.
   */
  send(request: Outgoing, signal: AbortSignal, begin: Begin): Promise<void>;
  /** What it says of itself. @returns undefined where it does not answer. */
  readiness(): Promise<{ readonly status: number; readonly body: string } | undefined>;
  close(): Promise<void>;
}

export interface BackendOptions extends Partial<TrustOptions> {
  readonly side: Side;
  readonly url: string;
  readonly log: Logger;
}

export function createBackend({ side, url, log, ...trusted }: BackendOptions): Backend {
  const trust = createTrust(side, { ...DEFAULT_TRUST, ...trusted }, log);
  // The deadline of a request is the gateway's own; it ends the answer, too.
  const pool = new Pool(url, { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: CONNECT_TIMEOUT_MS } });

  /** Resolves when the answer begins, with what resolves when it has ended. */
  function attempt(
    { method, path, headers, body }: Outgoing,
    signal: AbortSignal,
    begin: Begin,
  ): Promise<{ ended: Promise<void> }> {
    signal.throwIfAborted();
    const begun = Promise.withResolvers<{ ended: Promise<void> }>();
    const ended = Promise.withResolvers<void>();
    ended.promise.catch(() => undefined);
    let target: Writable | undefined;
    let under: Dispatcher.DispatchController | undefined;
    function fail(error: unknown): void {
      signal.removeEventListener('abort', abort);
      begun.reject(error);
      ended.reject(error);
    }
    function abort(): void {
      fail(signal.reason);
      under?.abort(signal.reason as Error);
    }
    signal.addEventListener('abort', abort);
    // By undici's lowest door: Pool.stream watches both ends by listeners that this function has no need of.
    pool.dispatch(
      { method: method, path, headers, body },
      {
        onRequestStart(controller) {
          under = controller;
          if (signal.aborted) controller.abort(signal.reason as Error);
        },
        onResponseStart(_controller, status, answered) {
          if (status < FIRST_FINAL_STATUS) return;
          target = begin(status, answered);
          begun.resolve({ ended: ended.promise });
        },
        onResponseData(controller, chunk) {
          if (target?.write(chunk) !== false) return;
          controller.pause();
          target.once('drain', () => controller.resume());
        },
        onResponseEnd() {
          target?.end(() => {
            signal.removeEventListener('abort', abort);
            ended.resolve();
          });
        },
        onResponseError: (_controller, error) => fail(error),
      },
    );
    return begun.promise;
  }

  /**
   * A side closes a connection that lay idle just when a request is sent on it: so once, on a new one. Not where it does
   * not accept connections at all.
   */
  async function attemptTwice(request: Outgoing, signal: AbortSignal, begin: Begin) {
    try {
      return await attempt(request, signal, begin);
    } catch (error) {
      if (!request.repeatable || !wasCut(error) || signal.aborted) throw error;
      return attempt(request, signal, begin);
    }
  }

  return {
    side,
    trust,
    send: (request, signal, begin) => trust.use(() => attemptTwice(request, signal, begin)),
    // Past the limit: a gateway that is full shall not be taken out, and so fill the others.
    async readiness() {
      try {
        const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
        const { statusCode, body } = await pool.request({ method: 'GET', path: '/health/ready', signal });
        return { status: statusCode, body: await body.text() };
      } catch {
        return undefined;
      }
    },
    close: () => pool.close(),
  };
}

const wasCut = (error: unknown): boolean =>
  error instanceof errors.SocketError ||
  ['ECONNRESET', 'EPIPE'].includes((error as { code?: string }).code ?? '');
