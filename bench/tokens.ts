// The tokens of those who ask with one, as the monolith makes them.
import { SignJWT } from 'jose';
import { JWT_SECRET } from './place.ts';

/** @param id of the customer. */
export const tokenFor = (id: string, role: 'customer' | 'admin') =>
  new SignJWT({ role })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('shop')
    .setSubject(id)
    .setIssuedAt()
    .setExpirationTime('2h')
    .sign(new TextEncoder().encode(JWT_SECRET));
