// An administrator's way to the shop: requests to the gateway, with the cookies that it sets, and what each try says.
import { SignJWT } from 'jose';
import { Pool } from 'undici';

export interface ShopRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: object;
  readonly key?: string;
  readonly ifMatch?: string;
}

export interface ShopAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** Of a product; 0 where the answer has no ETag. */
  readonly version: number;
  /** `monolith`, `catalog` or `gateway`. */
  readonly servedBy: string;
}

export type ShopTry =
  | { readonly is: 'answered'; readonly answer: ShopAnswer }
  /** Not now: 503, with a time to come again. It may have been done all the same. */
  | { readonly is: 'later'; readonly reason: string }
  /** Nobody listens: nothing was sent. */
  | { readonly is: 'refused'; readonly reason: string }
  /** The connection broke, or no answer came. */
  | { readonly is: 'unanswered'; readonly reason: string };

export interface ShopClient {
  readonly attempt: (request: ShopRequest) => Promise<ShopTry>;
  readonly close: () => Promise<void>;
}

/** Above the time for which the gateway holds a write, and asks a service beside. */
const ANSWER_TIMEOUT_MS = 6_000;
const CONNECT_TIMEOUT_MS = 2_000;
const TOKEN_LIFETIME = '1 day';

/** @param caller an id: keys, and what was seen, are its own. */
export async function openClient(url: string, secret: string, caller: string): Promise<ShopClient> {
  const token = await new SignJWT({ role: 'admin' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('shop')
    .setSubject(caller)
    .setIssuedAt()
    .setExpirationTime(TOKEN_LIFETIME)
    .sign(new TextEncoder().encode(secret));
  const pool = new Pool(url, { connections: 2, connect: { timeout: CONNECT_TIMEOUT_MS } });
  const cookies = new Map<string, string>();

  async function attempt({ method, path, body, key, ifMatch }: ShopRequest): Promise<ShopTry> {
    try {
      const response = await pool.request({
        method,
        path,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body && { 'content-type': 'application/json' }),
          ...(key !== undefined && { 'idempotency-key': key }),
          ...(ifMatch !== undefined && { 'if-match': ifMatch }),
          ...(cookies.size > 0 && {
            cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      const text = await response.body.text();
      const { statusCode: status, headers } = response;
      remember(headers['set-cookie']);
      if (status === 503 && headers['retry-after'] !== undefined) return { is: 'later', reason: text };
      return {
        is: 'answered',
        answer: {
          status,
          body: parse(text),
          version: Number(/^"(\d+)"$/.exec(String(headers.etag))?.[1] ?? 0),
          servedBy: String(headers['x-served-by']),
        },
      };
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return { is: code === 'ECONNREFUSED' ? 'refused' : 'unanswered', reason: `${code ?? ''} ${message}` };
    }
  }

  /** As a browser does it, but that it forgets none by its age: those of the gateway live for a minute. */
  function remember(set: string | readonly string[] | undefined): void {
    for (const line of [set ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/;\s*max-age=0(;|$)/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
  }

  return { attempt, close: () => pool.destroy() };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return { text };
  }
}
