import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetHints, showNext } from './hints.ts';

test('one hint more is shown each time, up to the last; a new start begins with the first', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shop-hints-'));
  try {
    const file = join(folder, 'data', 'hints.json');
    expect([1, 2, 3, 4].map(() => showNext('one', 3, file))).toEqual([1, 2, 3, 3]);
    expect(showNext('other', 3, file)).toBe(1);
    forgetHints('one', file);
    expect([showNext('one', 3, file), showNext('other', 3, file)]).toEqual([1, 2]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
