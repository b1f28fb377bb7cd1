import { createAttemptLimit } from './attempt-limit.ts';
import { ShopError } from './errors.ts';

let time = 0;
const refuse = () => Promise.reject(new ShopError('unauthenticated', 'invalid_credentials', 'No.'));
const accept = () => Promise.resolve('yes');
const soon =
  <T>(work: () => Promise<T>) =>
  async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return work();
  };

test('after as many refusals as are allowed, not even the right answer is tried', async () => {
  const limit = createAttemptLimit(3, 1_000, () => time);
  for (let index = 0; index < 3; index += 1)
    await expect(limit.attempt('a', refuse)).rejects.toMatchObject({ kind: 'unauthenticated' });
  await expect(limit.attempt('a', accept)).rejects.toMatchObject({
    code: 'too_many_attempts',
    details: { retryAfter: 1 },
  });
});

test('another name is not affected, and the window ends', async () => {
  const limit = createAttemptLimit(1, 1_000, () => time);
  await expect(limit.attempt('a', refuse)).rejects.toMatchObject({ kind: 'unauthenticated' });
  expect(await limit.attempt('b', accept)).toBe('yes');
  await expect(limit.attempt('a', accept)).rejects.toMatchObject({ code: 'too_many_attempts' });
  time += 1_000;
  expect(await limit.attempt('a', accept)).toBe('yes');
});

test('any number of right answers at the same time is let through', async () => {
  const limit = createAttemptLimit(3, 1_000, () => time);
  const answers = await Promise.all(Array.from({ length: 30 }, () => limit.attempt('a', soon(accept))));
  expect(answers).toHaveLength(30);
});

test('of many guesses at the same time no more are tried than are allowed', async () => {
  const limit = createAttemptLimit(3, 1_000, () => time);
  let tried = 0;
  const guess = soon(() => {
    tried += 1;
    return refuse();
  });
  await Promise.allSettled(Array.from({ length: 30 }, () => limit.attempt('a', guess)));
  expect(tried).toBe(3);
});

test('what fails for another reason does not count', async () => {
  const limit = createAttemptLimit(1, 1_000, () => time);
  for (let index = 0; index < 3; index += 1)
    await expect(limit.attempt('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await limit.attempt('a', accept)).toBe('yes');
});
