import { formatPage } from './page.ts';
import { comparisonOf } from './testing.ts';
import { formatComparison } from './text.ts';

test('the table has a column for each shape, and each figure with its rounds', () => {
  const text = formatComparison(comparisonOf());
  expect(text).toMatch(/^\| +\| monolith +\| 2 monoliths +\| split +\|$/m);
  expect(text).toMatch(
    /^\| answers\/s, 32 actions in flight +\| 200 \(100 – 300\) .*\| 400 \(300 – 500\) +\|$/m,
  );
  expect(text).toMatch(/^\| CPU of a request, ms +\| 3\.00 \(2\.00 – 4\.00\) /m);
  expect(text).toContain('2: gateway, catalog');
  expect(text).toContain('What one machine cannot show:');
  expect(text).not.toContain('no figures');
});

test('faults and doubts stand first, in the table and on the page', () => {
  const comparison = comparisonOf({ faults: ['split, round 1: 3 unexpected answers'], doubts: ['late'] });
  for (const shown of [formatComparison(comparison), formatPage(comparison)]) {
    expect(shown).toContain('split, round 1: 3 unexpected answers');
    expect(shown.indexOf('unexpected')).toBeLessThan(shown.indexOf('npm run compare'));
    expect(shown).toContain('In doubt');
  }
});

test('the page fetches nothing and runs nothing, and what it shows is text', () => {
  const page = formatPage(comparisonOf({ faults: ['<script>'] }));
  expect(page).not.toMatch(/<script|src=|href=|url\(|@import|https?:/);
  expect(page).toContain('npm run compare -- --html &lt;file&gt;');
  expect(page).toContain('a &amp; b');
  expect(page.match(/<svg /g)).toHaveLength(6);
  expect(page.match(/<svg [^>]*aria-label="[^"]+"/g)).toHaveLength(6);
  expect(page).toContain('@media print');
});

test('bars are as long as their figures, and one that was not measured has none', () => {
  const { shapes, ...rest } = comparisonOf();
  const [first, ...others] = shapes.map((shape) => ({ ...shape, startSeconds: shape.throughput }));
  const page = formatPage({
    ...rest,
    shapes: [{ ...(first as (typeof shapes)[0]), startSeconds: null }, ...others],
  });
  const start = page.slice(page.indexOf('<h2>Start, in seconds'), page.indexOf('<h2>All figures'));
  const widths = [...start.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths).toHaveLength(2);
  // 300 and 400 a second, on a scale that ends at 500.
  expect((widths[0] as number) / (widths[1] as number)).toBeCloseTo(0.75, 2);
  expect(start).not.toContain('NaN');
});
