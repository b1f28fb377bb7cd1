// One request to a monolith, by whoever, with or without a key.
import { createTokens } from '../modules/customers/tokens.ts';
import { JWT_SECRET } from './ground.ts';

export interface TestRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly token?: string;
}

export interface TestAnswer {
  readonly status: number;
  readonly text: string;
  readonly etag: string | null;
}

/** @returns undefined where the connection ended without an answer. */
export async function request(
  { url }: { readonly url: string },
  { method, path, body, headers, key, token }: TestRequest,
): Promise<TestAnswer | undefined> {
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      text: await response.text(),
      etag: response.headers.get('etag'),
    };
  } catch {
    return undefined;
  }
}

export const tokenFor = (id: string, role: 'customer' | 'admin') =>
  createTokens(JWT_SECRET, 600).issue({ id, role });
