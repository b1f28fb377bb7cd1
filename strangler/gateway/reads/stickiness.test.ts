import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { bearer } from './testing.ts';
import { bucketOf, BUCKETS, customerOf, sideOf } from './stickiness.ts';

const key = fc.oneof(
  fc.uuid().map((id) => `customer ${id}`),
  fc.string(),
);
const percent = fc.integer({ min: 0, max: 100 });

test('nobody is with the service at 0 percent, and everybody at 100', () => {
  fc.assert(
    fc.property(key, (someone) => {
      expect(sideOf(someone, 'catalog', 0)).toBe('monolith');
      expect(sideOf(someone, 'catalog', 100)).toBe('service');
    }),
  );
});

test('raising the percentage moves customers to the service alone, and lowering it only back', () => {
  fc.assert(
    fc.property(key, percent, percent, (someone, one, other) => {
      const [low, high] = [Math.min(one, other), Math.max(one, other)];
      if (sideOf(someone, 'catalog', low) === 'service')
        expect(sideOf(someone, 'catalog', high)).toBe('service');
    }),
  );
});

const KEYS = Array.from({ length: 20_000 }, (_value, index) => `customer ${index}`);
const SIGMAS = 5;

test('of many customers, the share that was asked for is with the service, within five standard deviations', () => {
  fc.assert(
    fc.property(percent, (share) => {
      const p = share / 100;
      const found = KEYS.filter((each) => sideOf(each, 'catalog', share) === 'service').length;
      expect(Math.abs(found - KEYS.length * p)).toBeLessThanOrEqual(
        SIGMAS * Math.sqrt(KEYS.length * p * (1 - p)),
      );
    }),
    { numRuns: 30 },
  );
});

test('who goes first for one capability is not who does for another', () => {
  const both = KEYS.filter((each) =>
    ['catalog', 'inventory'].every((capability) => sideOf(each, capability, 20) === 'service'),
  ).length;
  const expected = KEYS.length * 0.04;
  expect(Math.abs(both - expected)).toBeLessThanOrEqual(SIGMAS * Math.sqrt(expected * 0.96));
});

test('the bucket of a customer is the same in every process, now and after a restart', () => {
  // A change of these moves every customer of a running shop.
  expect(['customer 1', 'visitor 1', ''].map((each) => bucketOf(each, 'catalog'))).toEqual(GOLDEN);
  const script = `import { bucketOf } from ${JSON.stringify(`${import.meta.dirname}/stickiness.ts`)};
    console.log(bucketOf('customer 1', 'catalog'));`;
  const elsewhere = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  expect(Number(elsewhere)).toBe(GOLDEN[0]);
});
const GOLDEN = [7608, 7197, 1195];

test('every bucket is one of ten thousand', () => {
  fc.assert(
    fc.property(key, fc.string(), (someone, capability) => {
      const bucket = bucketOf(someone, capability);
      expect(Number.isInteger(bucket) && bucket >= 0 && bucket < BUCKETS).toBe(true);
    }),
  );
});

const asked = (authorization: string) => customerOf({ headers: { authorization } } as never);

test('the customer is whom the bearer token names, and nobody where it names none or is no token', () => {
  expect(asked(bearer('c1').authorization)).toBe('c1');
  for (const text of [
    '',
    'Bearer',
    'Bearer a',
    'Bearer a.b.c',
    'Basic a:b',
    'Bearer ..',
    bearer('').authorization,
  ])
    expect(asked(text)).toBeUndefined();
  fc.assert(fc.property(fc.string(), (text) => void asked(`Bearer ${text}`)));
});
