// Solutions of exercise 02 that are wrong in one place: each fails there, and nowhere else.
import { exerciseFolder, failingWith } from './testing-workshop.ts';

const exercise = exerciseFolder('02-the-same-side');

test.each([
  [
    'a hash that mixes the percentage in',
    'bucketOf(key, capability) <',
    'bucketOf(`${key} ${percent}`, capability) <',
    'raising the percentage takes nobody back to the monolith',
  ],
  [
    'a remainder of too few bits, which is small more often than large',
    'readUInt32BE(0)',
    'readUInt16BE(0)',
    'of all customers, the share that was asked for is with the service',
  ],
  [
    'the same customers first for every capability',
    '`${capability}\\0${key}`',
    '`${capability.slice(0, 0)}${key}`',
    'who goes first for one capability is not who does for the next',
  ],
  [
    'a secret of each process',
    '`${capability}\\0${key}`',
    '`${capability}\\0${key}\\0${process.pid}`',
    'another gateway, or this one after a restart, decides alike',
  ],
  [
    'a bucket that is a fraction',
    'hash.readUInt32BE(0) % BUCKETS',
    '(hash.readUInt32BE(0) / 2 ** 32) * BUCKETS',
    'a bucket is a whole number from 0 to 9999',
  ],
])('a solution with %s fails where it is wrong, and nowhere else', async (_what, right, wrong, failing) => {
  expect(await failingWith(exercise, 'stickiness.ts', right, wrong)).toEqual([failing]);
});
