import { isByService, isStale, type Read, type Written } from './reads.ts';

const wrote = (changes: Partial<Written> = {}): Written => ({
  version: 5,
  value: 'new',
  alone: () => true,
  ...changes,
});
const read = (version: number | undefined, value: string | undefined): Read => ({ version, value });
const shared = { alone: () => false };

test('an earlier version is stale, and nothing at all is, whoever else may write', () => {
  expect(isStale(wrote(shared), read(4, 'old'))).toBe(true);
  expect(isStale(wrote(shared), read(undefined, undefined))).toBe(true);
});

test("a later version is somebody else's, whatever it says", () => {
  expect(isStale(wrote(), read(6, 'newest'))).toBe(false);
  expect(isStale(wrote(shared), read(6, 'newest'))).toBe(false);
});

test('the same version has to say the same', () => {
  expect(isStale(wrote(shared), read(5, 'new'))).toBe(false);
  expect(isStale(wrote(shared), read(5, 'old'))).toBe(true);
});

test('without a version the value tells, where nobody else has written', () => {
  expect(isStale(wrote({ version: undefined }), read(undefined, 'new'))).toBe(false);
  expect(isStale(wrote({ version: undefined }), read(undefined, 'old'))).toBe(true);
  expect(isStale(wrote(), read(undefined, 'old'))).toBe(true);
  expect(isStale(wrote({ version: undefined, ...shared }), read(undefined, 'old'))).toBeUndefined();
  expect(isStale(wrote(shared), read(undefined, 'old'))).toBeUndefined();
});

test('a service is whoever is not the monolith, nor in front of it, nor unknown', () => {
  const sides = ['catalog', 'inventory', 'monolith', 'gateway', 'unknown', 'nobody'];
  expect(sides.filter((servedBy) => isByService({ servedBy }))).toEqual(['catalog', 'inventory']);
});
