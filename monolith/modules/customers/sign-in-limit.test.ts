import { newId } from '#platform/ids.ts';
import { openShopOn, openTestShop, type TestShop } from '../../testing/test-shop.ts';
import { openDatabase } from '../../database.ts';
import { createCustomersRepository } from './repository.ts';
import { createSignInLimit, REFUSED_SIGN_INS } from './sign-in-limit.ts';

/** Two processes of the shop, as far as the limit can tell. */
let one: TestShop;
let two: TestShop;

beforeAll(async () => {
  one = await openTestShop();
  two = openShopOn(one);
});
afterAll(async () => {
  await two.close();
  await one.close();
});

const PASSWORD = 'the right password';
const ADDRESS = '192.0.2.1';

async function newAccount(): Promise<string> {
  const email = `${newId()}@shop.test`;
  await one.shop.customers.register({ email, password: PASSWORD, name: 'A' });
  return email;
}

const signIn = (email: string, password = PASSWORD, { shop } = one, from = ADDRESS) =>
  shop.customers.signIn(email, password, from);
const refused = { code: 'invalid_credentials' };
const limited = { code: 'too_many_attempts' };
const tallies = () => one.sql<{ name: string; made: number }>('SELECT name, made FROM sign_in_tallies');

async function guess(email: string, times: number, shop = one): Promise<void> {
  for (let index = 0; index < times; index += 1)
    await expect(signIn(email, 'wrong', shop)).rejects.toMatchObject(refused);
}

test('refusals at two processes are counted together, and known to one that starts later', async () => {
  const email = await newAccount();
  await guess(email, REFUSED_SIGN_INS / 2, one);
  await guess(email, REFUSED_SIGN_INS / 2, two);
  for (const shop of [one, two]) await expect(signIn(email, PASSWORD, shop)).rejects.toMatchObject(limited);
  const later = openShopOn(one);
  await expect(signIn(email, PASSWORD, later)).rejects.toMatchObject(limited);
  await later.close();
});

test('of many guesses at two processes at once no more are tried than are allowed', async () => {
  const email = await newAccount();
  const guesses = await Promise.allSettled(
    Array.from({ length: 40 }, (_, index) => signIn(email, 'wrong', index % 2 ? one : two)),
  );
  const codes = guesses.map((each) =>
    each.status === 'rejected' ? (each.reason as { code: string }).code : '',
  );
  expect(codes.filter((code) => code === refused.code)).toHaveLength(REFUSED_SIGN_INS);
  expect(codes.filter((code) => code === limited.code)).toHaveLength(40 - REFUSED_SIGN_INS);
});

test('any number of right passwords at once is let through, and leaves no attempt counted', async () => {
  const email = await newAccount();
  await guess(email, REFUSED_SIGN_INS - 1);
  await Promise.all(Array.from({ length: 30 }, (_, index) => signIn(email, PASSWORD, index % 2 ? one : two)));
  await guess(email, 1);
  await expect(signIn(email)).rejects.toMatchObject(limited);
});

test('another account, and another address, are not affected', async () => {
  const [email, other] = [await newAccount(), await newAccount()];
  await guess(email, REFUSED_SIGN_INS);
  await expect(signIn(email.toUpperCase())).rejects.toMatchObject(limited);
  await expect(signIn(other)).resolves.toMatchObject({ customer: { email: other } });
  await expect(signIn(email, PASSWORD, one, '192.0.2.2')).resolves.toMatchObject({ customer: { email } });
});

test('it says when to come back, and then all is forgotten', async () => {
  const email = await newAccount();
  await guess(email, REFUSED_SIGN_INS);
  const error = (await signIn(email).catch((reason: unknown) => reason)) as {
    details: { retryAfter: number };
  };
  expect(error).toMatchObject(limited);
  expect(error.details.retryAfter).toBeGreaterThan(0);
  expect(error.details.retryAfter).toBeLessThanOrEqual(60);
  await one.sql(`UPDATE sign_in_tallies SET ends_at = now()`);
  await guess(email, REFUSED_SIGN_INS);
  await expect(signIn(email)).rejects.toMatchObject(limited);
});

test('an attempt whose process died before it was decided counts for a few seconds, and is forgotten', async () => {
  const email = await newAccount();
  await guess(email, REFUSED_SIGN_INS - 1);
  const begun = performance.now();
  await one.sql('UPDATE sign_in_tallies SET undecided = ARRAY[now()] WHERE refused = $1', [
    REFUSED_SIGN_INS - 1,
  ]);
  await expect(signIn(email)).resolves.toMatchObject({ customer: { email } });
  expect(performance.now() - begun).toBeGreaterThan(3_500);
});

test('processes that die while many sign in lock nobody out', async () => {
  const email = await newAccount();
  await guess(email, 1);
  await one.sql(
    `UPDATE sign_in_tallies SET undecided = array_fill(now() - interval '5 s', ARRAY[$1::int]) WHERE refused = 1`,
    [REFUSED_SIGN_INS],
  );
  await expect(signIn(email)).resolves.toMatchObject({ customer: { email } });
  await guess(email, REFUSED_SIGN_INS - 1);
  await expect(signIn(email)).rejects.toMatchObject(limited);
});

test('attempts without an outcome count as long as they may have one, and not beyond their window', async () => {
  const database = openDatabase(one.databaseUrl, 1);
  const { tallies: own } = createCustomersRepository(database);
  const limit = createSignInLimit(own, 100);
  const name = newId();
  for (let index = 0; index < REFUSED_SIGN_INS; index += 1) await own.count(name, REFUSED_SIGN_INS, 60_000);
  await expect(limit(name, () => Promise.resolve('in'))).rejects.toMatchObject(limited);
  await one.sql(`UPDATE sign_in_tallies SET ends_at = now() WHERE name = $1`, [name]);
  expect(await limit(name, () => Promise.resolve('in'))).toBe('in');
  await database.close();
});

test('what fails for another reason than a refusal does not count', async () => {
  const database = openDatabase(one.databaseUrl, 1);
  const limit = createSignInLimit(createCustomersRepository(database).tallies);
  const name = newId();
  for (let index = 0; index <= REFUSED_SIGN_INS; index += 1)
    await expect(limit(name, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  await database.close();
});

test('an attempt that is decided after its window is over does not change the next one', async () => {
  const database = openDatabase(one.databaseUrl, 1);
  const { tallies: own } = createCustomersRepository(database);
  const name = newId();
  const early = await own.count(name, 10, 60_000);
  await one.sql(`UPDATE sign_in_tallies SET ends_at = now() - interval '1 s' WHERE name = $1`, [name]);
  const next = await own.count(name, 10, 60_000);
  await own.takeBack(name, early.endsAt);
  await own.refuse(name, early.endsAt);
  expect(await own.count(name, 10, 60_000)).toMatchObject({ made: 2, refused: 0, endsAt: next.endsAt });
  await database.close();
});

test('what is over is removed, a few with each attempt, so that guesses do not fill the table', async () => {
  await one.sql('DELETE FROM sign_in_tallies');
  await one.sql(`INSERT INTO sign_in_tallies (name, made, refused, ends_at)
    SELECT 'over ' || n, 1, 1, now() - n * interval '1 s' FROM generate_series(1, 6) n`);
  await one.sql(`INSERT INTO sign_in_tallies VALUES ('not over', 1, 1, now() + interval '1 minute')`);
  await guess('nobody@shop.test', 1);
  expect(await tallies()).toHaveLength(4);
  await guess('somebody@shop.test', 1);
  const left = (await tallies()).map(({ name }) => name);
  expect(left).toHaveLength(3);
  expect(left).toContain('not over');
});

test('neither the account nor the address is kept in clear', async () => {
  const email = await newAccount();
  await guess(email, 1);
  const rows = JSON.stringify(await tallies());
  expect(rows).not.toContain(email);
  expect(rows).not.toContain(ADDRESS);
});
