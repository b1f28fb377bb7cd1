// Customers: accounts, signing in, and what happens to those who guess.
import { granted, PASSWORD, register, registerCustomer, signIn } from './actors.ts';
import { atOnce } from './eventually.ts';
import { expectProblem } from './expect-problem.ts';
import { UUID_V7 } from './shapes.ts';
import { uniqueEmail } from './unique.ts';

test('a new account has an id that is a UUIDv7, an e-mail address in lower case, and shows no password', async () => {
  const email = uniqueEmail();
  const answer = await register({ email: email.toUpperCase(), name: ' Ada ' });
  expect(answer.status).toBe(201);
  expect(answer.body).toEqual({ id: expect.stringMatching(UUID_V7) as string, email, name: 'Ada' });
});

test('signing in answers a token and the account, however the e-mail address is written', async () => {
  const account = granted(await register());
  const answer = await signIn(account.email.toUpperCase(), PASSWORD);
  expect(answer.status).toBe(201);
  expect(answer.body).toEqual({
    token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string,
    customer: account,
  });
});

test.each(
  Object.entries({
    'an e-mail address that is none': { email: 'no-address' },
    'an e-mail address that is too long': { email: `${'x'.repeat(250)}@example.test` },
    'an e-mail address that is a number': { email: 7 },
    'a password that is too short': { password: 'short' },
    'a password that is too long': { password: 'x'.repeat(201) },
    'an empty name': { name: ' ' },
    'no name': { name: undefined },
  }),
)('an account with %s is refused', async (_what, fault) => {
  expectProblem(await register(fault), 400, 'invalid_request');
});

test('an e-mail address has one account, also in another case', async () => {
  const { email } = granted(await register());
  expectProblem(await register({ email }), 409, 'email_taken');
  expectProblem(await register({ email: email.toUpperCase() }), 409, 'email_taken');
});

test('of 20 who open an account for one e-mail address at once, one gets it', async () => {
  const email = uniqueEmail();
  const answers = await atOnce(20, () => register({ email }));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array<number>(19).fill(409)]);
  const [refused] = answers.filter(({ status }) => status === 409);
  if (refused) expectProblem(refused, 409, 'email_taken');
});

test('a wrong password and an unknown account are refused in the same words', async () => {
  const { email } = granted(await register());
  const wrong = expectProblem(await signIn(email, 'not the password'), 401, 'invalid_credentials');
  const unknown = expectProblem(await signIn(uniqueEmail(), PASSWORD), 401, 'invalid_credentials');
  expect({ ...unknown, requestId: '' }).toEqual({ ...wrong, requestId: '' });
});

test('after ten wrong passwords an account is closed for a while, to the right one too; others are not', async () => {
  const [{ email }, other] = [granted(await register()), granted(await register())];
  for (let time = 1; time <= 10; time += 1)
    expectProblem(await signIn(email, `guess ${time}`), 401, 'invalid_credentials');

  const eleventh = await signIn(email, 'guess 11');
  expectProblem(eleventh, 429, 'too_many_attempts');
  const seconds = Number(eleventh.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(3_600);

  expectProblem(await signIn(email.toUpperCase(), PASSWORD), 429, 'too_many_attempts');
  expect((await signIn(other.email, PASSWORD)).status).toBe(201);
});

test('the right password is accepted however often, and however many at once', async () => {
  const { email } = await registerCustomer();
  const answers = await atOnce(30, () => signIn(email, PASSWORD));
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(30).fill(201));
});
