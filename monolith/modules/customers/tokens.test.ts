import { SignJWT, UnsecuredJWT } from 'jose';
import { createTokens } from './tokens.ts';

const SECRET = 'a secret for tests, long enough for HS256';
const tokens = createTokens(SECRET, 60);
const key = new TextEncoder().encode(SECRET);
const refused = { kind: 'unauthenticated', code: 'unauthenticated' };

test('a token tells again who it was issued to', async () => {
  const token = await tokens.issue({ id: 'c1', role: 'admin' });
  expect(await tokens.verify(`Bearer ${token}`)).toEqual({ id: 'c1', role: 'admin' });
});

test('an expired token is refused, and says so', async () => {
  const expired = await new SignJWT({ role: 'customer' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('shop')
    .setSubject('c1')
    .setExpirationTime(Math.floor(Date.now() / 1_000) - 1)
    .sign(key);
  await expect(tokens.verify(`Bearer ${expired}`)).rejects.toMatchObject({
    ...refused,
    message: expect.stringMatching(/expired/) as string,
  });
});

test('a token without an end is refused', async () => {
  const endless = await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('shop')
    .setSubject('c1')
    .sign(key);
  await expect(tokens.verify(`Bearer ${endless}`)).rejects.toMatchObject(refused);
});

test('a token signed with another secret is refused', async () => {
  const forged = await createTokens('another secret, also long enough for it', 60).issue({
    id: 'c1',
    role: 'admin',
  });
  await expect(tokens.verify(`Bearer ${forged}`)).rejects.toMatchObject(refused);
});

test('a token that claims to need no signature is refused', async () => {
  const unsigned = new UnsecuredJWT({ role: 'admin' })
    .setIssuer('shop')
    .setSubject('c1')
    .setExpirationTime('1h')
    .encode();
  await expect(tokens.verify(`Bearer ${unsigned}`)).rejects.toMatchObject(refused);
});

test.each(['', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a.b.c', 'a.b.c'])(
  'the header %p is refused',
  async (header) => {
    await expect(tokens.verify(header)).rejects.toMatchObject(refused);
  },
);
