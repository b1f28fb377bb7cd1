import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readConfig, setting } from '#platform/config.ts';
import { projectRoot } from '#platform/paths.ts';
import type { Verdict } from '../workshop/exercise.ts';
import { run } from './testing.ts';

const { serverUrl } = readConfig({ serverUrl: setting('SHOP_TEST_ADMIN_URL', z.string()) });
const workshop = (...words: string[]) => run('workshop', { DATABASE_URL: serverUrl }, ...words);
const exercise = join(projectRoot, 'workshop/01-cut-a-seam');

/** What an exercise's README shows below its command. */
const shown = (readme: string) =>
  /```console\n\$ npm run workshop -- check \d+\n(.*?)```/s.exec(readme)?.[1] ?? 'nothing';

test('the exercise as it is handed out fails, and says what its page shows', async () => {
  const { code, output } = await workshop('check', '01');
  expect(output).toBe(shown(readFileSync(join(exercise, 'README.md'), 'utf8')));
  expect(code).toBe(1);
});

test('its solution passes every check', async () => {
  const { code, output } = await workshop('check', '1', '--solution');
  expect(output.trim()).toMatch(/^(✓ .*\n){5}5 of 5 checks passed$/);
  expect(code).toBe(0);
});

test.each([
  [
    'a loop where one question would do',
    'wishlists.ts',
    'await offers.offersOf(productIds)',
    '(await Promise.all(productIds.map((id) => offers.offersOf([id])))).flat()',
    ['a list of fifty wishes asks as often as a list of one'],
  ],
  [
    'wishes in the order of the catalog',
    'wishlists.ts',
    'return productIds.flatMap((productId) => offerOf.get(productId) ?? []);',
    'return [...offerOf.values()].sort((a, b) => (a.productId < b.productId ? -1 : 1));',
    ['the wishlists work as before', 'the module reads its own schema alone'],
  ],
  [
    'a wish for what is not for sale',
    'wishlists.ts',
    "throw notFound('product', productId);",
    'void notFound;',
    ['the wishlists work as before', 'the module reads its own schema alone'],
  ],
])(
  'a solution with %s fails where it is wrong, and nowhere else',
  async (_what, file, right, wrong, failing) => {
    mkdirSync(join(projectRoot, '.shop'), { recursive: true });
    // As deep in the checkout as the solution, so that its imports hold.
    const place = mkdtempSync(join(projectRoot, '.shop/workshop-'));
    try {
      const copy = join(place, 'solution');
      cpSync(join(exercise, 'solution'), copy, { recursive: true });
      const text = readFileSync(join(copy, file), 'utf8');
      expect(text.split(right)).toHaveLength(2);
      writeFileSync(join(copy, file), text.replace(right, wrong));
      const { code, output } = await workshop('check', '01', '--in', copy, '--json');
      const verdicts = JSON.parse(output) as Verdict[];
      expect(verdicts.filter(({ problems }) => problems.length > 0).map(({ name }) => name)).toEqual(failing);
      expect(code).toBe(1);
    } finally {
      rmSync(place, { recursive: true });
    }
  },
);

test('the exercises are listed, and one that does not exist is refused in one line', async () => {
  expect(await workshop()).toEqual({ code: 0, output: 'workshop/01-cut-a-seam/README.md\n' });
  expect(await workshop('check', '99')).toEqual({
    code: 1,
    output: 'npm run workshop: there is no exercise 99: 01-cut-a-seam\n',
  });
});

test('files that cannot be loaded are named', async () => {
  const { code, output } = await workshop('check', '01', '--in', 'nowhere');
  expect(output.trim()).toMatch(/^npm run workshop: .*nowhere does not exist$/);
  expect(code).toBe(1);
});
