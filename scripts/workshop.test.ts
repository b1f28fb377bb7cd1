import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '#platform/paths.ts';
import { exerciseFolder, failingWith, shownBy, workshop } from './testing-workshop.ts';

const exercise = exerciseFolder('01-cut-a-seam');

test('the exercise as it is handed out fails, and says what its page shows', async () => {
  const { code, output } = await workshop('check', '01');
  expect(output).toBe(shownBy(exercise));
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
    expect(await failingWith(exercise, file, right, wrong)).toEqual(failing);
  },
);

test('the exercises are listed, and one that does not exist is refused in one line', async () => {
  // Which they are is another matter at each stage.
  const folders = readdirSync(join(projectRoot, 'workshop')).filter((name) => /^\d/.test(name));
  expect(folders).toContain('01-cut-a-seam');
  expect(await workshop()).toEqual({
    code: 0,
    output: folders.map((name) => `workshop/${name}/README.md\n`).join(''),
  });
  expect(await workshop('check', '99')).toEqual({
    code: 1,
    output: `npm run workshop: there is no exercise 99: ${folders.join(', ')}\n`,
  });
});

test('files that cannot be loaded are named', async () => {
  const { code, output } = await workshop('check', '01', '--in', 'nowhere');
  expect(output.trim()).toMatch(/^npm run workshop: .*nowhere does not exist$/);
  expect(code).toBe(1);
});
