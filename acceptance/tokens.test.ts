// Tokens that the shop never gave. (One that has expired needs the shop's secret or its patience, and this suite has
// neither: that test stands beside the customers module.)
import { createHmac } from 'node:crypto';
import { registerCustomer, signInAdmin } from './actors.ts';
import { send } from './client.ts';
import { expectProblem } from './expect-problem.ts';
import { draft } from './goods.ts';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token that a customer was given, in its three parts. */
async function parts() {
  const { token = '' } = await registerCustomer();
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  return { header, payload, signature, claims };
}

function signed(header: object, claims: object, secret: string): string {
  const content = `${encode(header)}.${encode(claims)}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

const FORGERIES: Readonly<Record<string, () => Promise<string>>> = {
  'signed with another secret': async () => {
    const { claims } = await parts();
    return `Bearer ${signed({ alg: 'HS256' }, { ...claims, role: 'admin' }, 'x'.repeat(32))}`;
  },
  'signed with an empty secret': async () =>
    `Bearer ${signed({ alg: 'HS256' }, { ...(await parts()).claims, role: 'admin' }, '')}`,
  'made an administrator after it was signed': async () => {
    const { header, claims, signature } = await parts();
    return `Bearer ${header}.${encode({ ...claims, role: 'admin' })}.${signature}`;
  },
  'made to last longer after it was signed': async () => {
    const { header, claims, signature } = await parts();
    return `Bearer ${header}.${encode({ ...claims, exp: Number(claims['exp']) + 1 })}.${signature}`;
  },
  'that says it needs no signature': async () =>
    `Bearer ${encode({ alg: 'none' })}.${encode({ ...(await parts()).claims, role: 'admin' })}.`,
  'without its signature': async () => {
    const { header, payload } = await parts();
    return `Bearer ${header}.${payload}.`;
  },
  'of which nothing is left': async () => 'Bearer',
  'that is only a blank': async () => 'Bearer ',
  'that is no token': async () => 'Bearer nonsense',
  'of another scheme': async () => `Basic ${Buffer.from('admin@shop.test:shop-admin').toString('base64')}`,
};

test.each(Object.entries(FORGERIES))('a token %s opens nothing', async (_what, forge) => {
  const authorization = await forge();
  const attempts = [
    await send('GET', '/cart', { headers: { authorization } }),
    await send('POST', '/products', {
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(await draft()),
    }),
  ];
  for (const answer of attempts) {
    expectProblem(answer, 401, 'unauthenticated');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b/);
  }
});

test('a token says whose it is and until when, and no more than that', async () => {
  for (const { token = '' } of [await registerCustomer(), await signInAdmin()]) {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
    expect(claims).toMatchObject({ sub: expect.any(String) as string, exp: expect.any(Number) as number });
    expect(JSON.stringify(claims)).not.toMatch(/@|password|hash/i);
  }
});
