import fc from 'fast-check';
import { readCookies, seenCookie, visitorCookie } from './cookies.ts';
import { latest, readPositions, writePositions } from './positions.ts';
import { position } from './testing.ts';

const VISITOR = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';
const from = (cookie: string, encrypted = false) => ({ headers: { cookie }, socket: { encrypted } }) as never;
const read = (cookie: string) => readCookies(from(cookie), ['catalog', 'inventory']);

test('what was written is read again, among the cookies of others', () => {
  const seen = { catalog: position(255), inventory: position(1, 'b', 12) };
  const cookies = ['a=b', visitorCookie(from(''), VISITOR), seenCookie(from(''), seen)].map(
    (cookie) => cookie.split(';')[0],
  );
  expect(read(cookies.join('; '))).toEqual({ visitor: VISITOR, seen });
});

test('cookies are for the browser alone, for a minute what was seen, and for TLS where there is TLS', () => {
  expect(seenCookie(from(''), { catalog: position(255) })).toBe(
    `shop-seen=catalog=${position(255)}; Max-Age=60; Path=/; HttpOnly; SameSite=Lax`,
  );
  expect(seenCookie(from(''), {})).toMatch(/^shop-seen=; Max-Age=0;/);
  expect(visitorCookie(from('', true), VISITOR)).toMatch(/; HttpOnly; SameSite=Lax; Secure$/);
});

test.each([
  '',
  'shop-seen=',
  'shop-seen=catalog',
  'shop-seen=catalog=',
  'shop-seen=catalog=x',
  'shop-seen="catalog=1"',
  `shop-seen=orders=${position(1)}`,
  `shop-seen=__proto__=${position(1)}`,
  `shop-seen=catalog=${position(1)}%0d%0a`,
  `shop-seen=catalog=${position(1)}~1`,
  `shop-seen=catalog=${'a'.repeat(32)}~1~0/123456789`,
  `shop-seen=${'x'.repeat(2_000)}&catalog=${position(1)}`,
  'shop-visitor=me',
  `shop-visitor=${VISITOR}0`,
  'shop-visitor=<script>; shop-seen=<script>',
])('the cookies %j say nothing', (cookies) => {
  expect(read(cookies)).toEqual({ visitor: undefined, seen: {} });
});

test('no cookie makes it throw, and nothing is taken on that has not the form of a position', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'catlog=&~;/0F \0\n') }));
  fc.assert(
    fc.property(text, (value) => {
      const { visitor, seen } = read(`shop-visitor=${value}; shop-seen=catalog=${value}`);
      expect(visitor ?? VISITOR).toMatch(/^[0-9a-f-]{36}$/);
      for (const each of Object.values(seen))
        expect(each).toMatch(/^[0-9a-f]{32}~\d+~[0-9a-f]+\/[0-9a-f]+$/i);
    }),
    { numRuns: 1_000 },
  );
});

test('positions are written and read with any separator, and unknown capabilities left out', () => {
  const both = { catalog: position(3), inventory: position(4) };
  expect(readPositions(writePositions(both, ','), ',', ['catalog', 'inventory'])).toEqual(both);
  expect(readPositions(writePositions(both, ','), ',', ['catalog'])).toEqual({ catalog: position(3) });
});

test('of two positions of one database the later is known, and of two databases none', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (one, other) => {
      expect(latest(position(one), position(other))).toBe(position(Math.max(one, other)));
    }),
  );
  expect(latest(position(9), position(1, 'a', 2))).toBe(position(1, 'a', 2));
  expect(latest(position(9), position(1, 'b'))).toBeUndefined();
  const [low, high] = ['0/FFFFFFFF', '1/0'].map((lsn) => `${'a'.repeat(32)}~1~${lsn}`) as [string, string];
  expect(latest(high, low)).toBe(high);
});
