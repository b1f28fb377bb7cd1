// An HTTP client that keeps its cookies, as a browser does, and checks what holds for every answer of the shop.
import { shopUrl } from './target.ts';

const DEADLINE_MS = 30_000;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
export type HeaderValues = Readonly<Record<string, string>>;

export interface Answer<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed, where the answer says that it is JSON. */
  readonly body: Body;
  readonly text: string;
  /** Where it came from, after any redirect. */
  readonly url: string;
}

/** Somebody at the shop: what a session has written, it reads back, whichever side answers. */
export interface Session {
  /** The bearer token; undefined for a visitor who has not signed in. */
  readonly token: string | undefined;
  get<Body>(path: string, headers?: HeaderValues): Promise<Answer<Body>>;
  post<Body>(path: string, body?: unknown, headers?: HeaderValues): Promise<Answer<Body>>;
  put<Body>(path: string, body: unknown, headers?: HeaderValues): Promise<Answer<Body>>;
  patch<Body>(path: string, body: unknown, headers?: HeaderValues): Promise<Answer<Body>>;
  delete<Body>(path: string, headers?: HeaderValues): Promise<Answer<Body>>;
}

export function openSession(token?: string): Session {
  const cookies = new Map<string, string>();

  async function call<Body>(method: Method, path: string, headers: HeaderValues = {}, body?: unknown) {
    const answer = await send<Body>(method, path, {
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(cookies.size > 0 && { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return answer;
  }

  return {
    token,
    get: (path, headers) => call('GET', path, headers),
    post: (path, body, headers) => call('POST', path, headers, body),
    put: (path, body, headers) => call('PUT', path, headers, body),
    patch: (path, body, headers) => call('PATCH', path, headers, body),
    delete: (path, headers) => call('DELETE', path, headers),
  };
}

/**
 * Sends one request exactly as given.
 * @throws {Error} for an answer that breaks what the shop promises of every answer.
 */
export async function send<Body>(
  method: Method,
  path: string,
  { headers = {}, body }: { headers?: HeaderValues; body?: string } = {},
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
