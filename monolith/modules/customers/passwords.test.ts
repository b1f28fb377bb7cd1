import { createPasswords, DEFAULT_COST } from './passwords.ts';

const passwords = createPasswords(4);

test('a password matches its own hash and no other', async () => {
  const hash = await passwords.hash('correct horse');
  expect(await passwords.verify('correct horse', hash)).toBe(true);
  expect(await passwords.verify('wrong horse', hash)).toBe(false);
});

test('two hashes of one password differ, since each has its own salt', async () => {
  expect(await passwords.hash('same')).not.toBe(await passwords.hash('same'));
});

test('a hash carries its cost, so that a raised default does not lock anybody out', async () => {
  const old = await createPasswords(5).hash('pw');
  expect(await passwords.verify('pw', old)).toBe(true);
});

test('without a hash nothing matches', async () => {
  expect(await passwords.verify('', undefined)).toBe(false);
});

test('the same word typed with other code points is the same password', async () => {
  expect(await passwords.verify('e\u0301', await passwords.hash('\u00e9'))).toBe(true);
});

test('the default cost works within the memory that scrypt is given', async () => {
  const strong = createPasswords(DEFAULT_COST);
  expect(await strong.verify('pw', await strong.hash('pw'))).toBe(true);
});
