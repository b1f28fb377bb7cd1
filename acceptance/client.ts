// An HTTP client that keeps its cookies, as a browser does, and checks what holds for every answer of the shop.
import { CookieJar } from 'tough-cookie';
import { shopUrl } from './target.ts';

const DEADLINE_MS = 30_000;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
export type HeaderValues = Readonly<Record<string, string>>;

export interface RequestParts {
  readonly headers?: HeaderValues;
  /** Text gets a content type where none is given; bytes do not. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

export interface Answer<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed, where the answer says that it is JSON. */
  readonly body: Body;
  readonly text: string;
  /** Where it came from, after any redirect. */
  readonly url: string;
}

/** What a person comes to the shop with, signed in or not: the cookies in it are all that it is known by. */
export interface Browser {
  /** Sends one request with the cookies that are due, and keeps those of the answer. @throws as `send` does. */
  send<Body>(method: Method, path: string, parts?: RequestParts): Promise<Answer<Body>>;
}

/** Somebody at the shop: what a session has written, it reads back, whichever side answers. */
export interface Session {
  /** The bearer token; undefined for a visitor who has not signed in. */
  readonly token: string | undefined;
  readonly browser: Browser;
  get<Body>(path: string, headers?: HeaderValues): Promise<Answer<Body>>;
  post<Body>(path: string, body?: unknown, headers?: HeaderValues): Promise<Answer<Body>>;
  put<Body>(path: string, body: unknown, headers?: HeaderValues): Promise<Answer<Body>>;
  patch<Body>(path: string, body: unknown, headers?: HeaderValues): Promise<Answer<Body>>;
  delete<Body>(path: string, headers?: HeaderValues): Promise<Answer<Body>>;
}

export function openBrowser(): Browser {
  const jar = new CookieJar();
  return {
    async send<Body>(method: Method, path: string, { headers = {}, body }: RequestParts = {}) {
      const url = new URL(path, shopUrl()).href;
      const cookie = jar.getCookieStringSync(url);
      const answer = await send<Body>(method, path, {
        headers: { ...(cookie !== '' && { cookie }), ...headers },
        ...(body !== undefined && { body }),
      });
      // It throws for one that no browser would keep.
      for (const given of answer.headers.getSetCookie()) jar.setCookieSync(given, url);
      return answer;
    },
  };
}

export function openSession(token?: string, browser: Browser = openBrowser()): Session {
  const call = <Body>(method: Method, path: string, headers: HeaderValues = {}, body?: unknown) =>
    browser.send<Body>(method, path, {
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  return {
    token,
    browser,
    get: (path, headers) => call('GET', path, headers),
    post: (path, body, headers) => call('POST', path, headers, body),
    put: (path, body, headers) => call('PUT', path, headers, body),
    patch: (path, body, headers) => call('PATCH', path, headers, body),
    delete: (path, headers) => call('DELETE', path, headers),
  };
}

/**
 * Sends one request exactly as given, without any cookie.
 * @throws {Error} for an answer that breaks what the shop promises of every answer.
 */
export async function send<Body>(
  method: Method,
  path: string,
  { headers = {}, body }: RequestParts = {},
): Promise<Answer<Body>> {
  const response = await fetch(new URL(path, shopUrl()), {
    method,
    headers,
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const text = await response.text();
  const broken = [
    response.status === 500 && 'fails',
    !response.headers.has('x-served-by') && 'does not say who served it',
    !response.headers.has('x-request-id') && 'has no request id',
  ].filter((complaint) => complaint !== false);
  if (broken.length > 0)
    throw new Error(`${method} ${path} ${broken.join(', ')}: ${response.status} ${text.slice(0, 1_000)}`);
  const isJson = /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '');
  const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
  return {
    status: response.status,
    headers: response.headers,
    body: parsed as Body,
    text,
    url: response.url,
  };
}
