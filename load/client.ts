// One request, one outcome: never tried again, never longer than the timeout, and no error is thrown.
//
// undici's Pool, since fetch takes four times the CPU of this process per request, on a machine that the shop needs.
import { Pool } from 'undici';

export interface ShopRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface Answer {
  /** `200`, `409 out_of_stock`, `200 unreadable`, `timeout`, `ECONNREFUSED`: what answers are counted by. */
  readonly outcome: string;
  /** Whether the shop answered at all. */
  readonly answered: boolean;
  /** When the last byte was there, by performance.now(). */
  readonly at: number;
  /** The header x-served-by. */
  readonly servedBy: string;
  readonly requestId: string;
  readonly cookies: readonly string[];
  /** Of the one product that it shows, by its ETag. */
  readonly version: number | undefined;
  /** Parsed; undefined where there was none. */
  readonly body: unknown;
}

export interface Client {
  readonly url: string;
  send(request: ShopRequest): Promise<Answer>;
  close(): Promise<void>;
}

/** More at once wait here for a free connection; that wait is part of their latency. */
const CONNECTIONS = 256;

/** @param run a name for the run, with which its request ids begin. */
export function openClient(url: string, run: string, timeoutMs: number): Client {
  // The timeout below bounds everything, so undici's own are switched off.
  const pool = new Pool(url, {
    connections: CONNECTIONS,
    headersTimeout: 0,
    bodyTimeout: 0,
    connectTimeout: timeoutMs,
  });
  let sent = 0;

  return {
    url,
    async send({ method, path, headers, body }) {
      const ownId = `load-${run}-${(sent += 1)}`;
      const canceller = new AbortController();
      const timer = setTimeout(() => canceller.abort(), timeoutMs);
      try {
        const response = await pool.request({
          method,
          path,
          signal: canceller.signal,
          headers: {
            'x-request-id': ownId,
            ...headers,
            ...(body && { 'content-type': 'application/json' }),
          },
          ...(body && { body: JSON.stringify(body) }),
        });
        const text = await response.body.text();
        const at = performance.now();
        const parsed = parse(text);
        return {
          outcome: outcomeOf(response.statusCode, parsed),
          answered: true,
          at,
          servedBy: first(response.headers['x-served-by']) ?? 'unknown',
          requestId: first(response.headers['x-request-id']) ?? ownId,
          cookies: [response.headers['set-cookie'] ?? []].flat(),
          version: versionIn(first(response.headers['etag'])),
          body: parsed === UNREADABLE ? undefined : parsed,
        };
      } catch (error) {
        return {
          outcome: canceller.signal.aborted ? 'timeout' : reasonOf(error),
          answered: false,
          at: performance.now(),
          servedBy: 'nobody',
          requestId: ownId,
          cookies: [],
          version: undefined,
          body: undefined,
        };
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => pool.destroy(),
  };
}

const UNREADABLE = Symbol('unreadable');

/** The shop speaks JSON only. */
function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return UNREADABLE;
  }
}

function outcomeOf(status: number, body: unknown): string {
  if (body === UNREADABLE) return `${status} unreadable`;
  const code = status >= 400 ? (body as { code?: unknown } | null | undefined)?.code : undefined;
  return typeof code === 'string' ? `${status} ${code}` : String(status);
}

/** A product's version is the number in its tag, on either side. */
function versionIn(tag: string | undefined): number | undefined {
  const [, digits] = /^"(\d+)"$/.exec(tag ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}

const reasonOf = (error: unknown) =>
  (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.name : 'error');

const first = (header: string | string[] | undefined) => (Array.isArray(header) ? header[0] : header);
