// Solutions of exercise 01 that are wrong in one place: each fails there, and nowhere else.
import { exerciseFolder, failingWith } from './testing-workshop.ts';

const exercise = exerciseFolder('01-cut-a-seam');

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
