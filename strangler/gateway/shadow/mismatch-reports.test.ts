import { newId } from '#platform/ids.ts';
import type { Mismatch } from '../../answers/mismatch.ts';
import { createMismatchReports } from './mismatch-reports.ts';

const mismatch = (path: string, service = '2'): Mismatch => ({
  id: newId(),
  capability: 'catalog',
  at: new Date(),
  request: { method: 'GET', path },
  kind: 'changed_field',
  differences: [{ at: 'body.price.amount', monolith: '1', service }],
  position: '',
});

function open(mostPerWindow: number) {
  const told: Mismatch[] = [];
  const clock = { now: 0 };
  const offer = createMismatchReports({
    report: (each) => told.push(each),
    windowMs: 1_000,
    mostPerWindow,
    now: () => clock.now,
  });
  return { told, clock, offer };
}

test('the same difference of the same answer is reported once in a window, and again in the next', () => {
  const { told, clock, offer } = open(10);
  expect(offer(mismatch('/products/1'))).toBe('reported');
  expect(offer(mismatch('/products/1'))).toBe('repeated');
  expect(offer(mismatch('/products/1', '3'))).toBe('reported');
  expect(offer(mismatch('/products/2'))).toBe('reported');
  clock.now = 999;
  expect(offer(mismatch('/products/1'))).toBe('repeated');
  clock.now = 1_000;
  expect(offer(mismatch('/products/1'))).toBe('reported');
  expect(told.map(({ request }) => request.path)).toEqual([
    '/products/1',
    '/products/1',
    '/products/2',
    '/products/1',
  ]);
});

test('beyond so many in a window, none is reported any more', () => {
  const { told, clock, offer } = open(2);
  const offered = ['1', '2', '3', '3'].map((id) => offer(mismatch(id)));
  expect(offered).toEqual(['reported', 'reported', 'unreported', 'repeated']);
  clock.now = 1_000;
  expect(offer(mismatch('3'))).toBe('reported');
  expect(told).toHaveLength(3);
});
