// Session tokens: JWTs signed with the data folder's own secret, by jose.
import { errors, jwtVerify, SignJWT } from 'jose';
import { ShopError } from '#platform/errors.ts';
import type { Role } from './customers.ts';

const ALGORITHM = 'HS256';
const ISSUER = 'shop';

export interface Tokens {
  issue(subject: { readonly id: string; readonly role: Role }): Promise<string>;
  /** @throws {ShopError} `unauthenticated`, whatever is wrong with it. */
  verify(authorization: string): Promise<{ id: string; role: Role }>;
}

/** @param lifetime in seconds. */
export function createTokens(secret: string, lifetime: number): Tokens {
  const key = new TextEncoder().encode(secret);

  return {
    issue: ({ id, role }) =>
      new SignJWT({ role })
        .setProtectedHeader({ alg: ALGORITHM })
        .setIssuer(ISSUER)
        .setSubject(id)
        .setIssuedAt()
        .setExpirationTime(`${lifetime}s`)
        .sign(key),

    async verify(authorization) {
      const token = /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1] ?? '';
      try {
        // Naming the algorithm is what keeps `alg: none` and key confusion out.
        const { payload } = await jwtVerify(token, key, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          requiredClaims: ['sub', 'exp'],
        });
        return { id: payload.sub ?? '', role: payload['role'] === 'admin' ? 'admin' : 'customer' };
      } catch (cause) {
        const why = cause instanceof errors.JWTExpired ? 'has expired' : 'is not valid';
        throw new ShopError('unauthenticated', 'unauthenticated', `The token ${why}: sign in again.`, {
          cause,
        });
      }
    },
  };
}
