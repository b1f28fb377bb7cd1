// Who a bearer token lets write: verified as the monolith does it, since a service believes whoever calls it.
import type { IncomingMessage } from 'node:http';
import { jwtVerify } from 'jose';

/** @returns an administrator's id; undefined for whatever else, of which the monolith says what it is. */
export type FindAdministrator = (request: IncomingMessage) => Promise<string | undefined>;

const ALGORITHM = 'HS256';
const ISSUER = 'shop';
/** What a service takes for a caller's name. */
const CALLER_FORM = /^[\x21-\x7e]{1,255}$/;

/** @param secret with which the monolith signs. */
export function createAdministrators(secret: string): FindAdministrator {
  const key = new TextEncoder().encode(secret);
  return async ({ headers }) => {
    const [, token] = /^Bearer ([\w.-]+)$/i.exec(headers.authorization ?? '') ?? [];
    if (token === undefined) return undefined;
    try {
      // Naming the algorithm is what keeps `alg: none` and key confusion out.
      const { payload } = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        requiredClaims: ['sub', 'exp'],
      });
      const { sub = '', role } = payload;
      return role === 'admin' && CALLER_FORM.test(sub) ? sub : undefined;
    } catch {
      return undefined;
    }
  };
}
