// The screen fits a projector, and the table says what the result says.
import { formatEvent, formatResult, formatScreen } from './text.ts';
import type { Look, TourResult } from './tour.ts';

const counts = { requests: 12_345, delayed: 6, failed: 0, stale: 0, writes: 2_000, orders: 40, soldOut: 99 };
const look: Look = {
  counts,
  rates: new Map([
    ['monolith', { reads: 30, writes: 20, p50: 5.04, p99: 20 }],
    ['catalog', { reads: 50, writes: 0, p50: 6, p99: 30 }],
  ]),
  seconds: 65,
  switches: [{ target: 'service', gapMs: 4.25, pauseMs: 30 }],
};

test('a screen shows who serves what, and is no wider than a small terminal', () => {
  const act = formatEvent({ is: 'act', number: 5, title: 'A title', why: 'because '.repeat(20) });
  const lines = formatScreen([act, formatEvent({ is: 'command', line: 'npm run it' })], look).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(79);
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(lines[0]).toMatch(/^npm run tour +01:05$/);
  expect(lines).toContain('   $ npm run it');
  expect(lines.find((line) => line.startsWith('monolith'))).toMatch(/^monolith +█{15} +30 +20 +5\.0 +20\.0$/);
  expect(lines.at(-1)).toBe('switches → service 4.3 ms');
});

test('before anybody was answered it shows no figures that there are not', () => {
  const empty = formatScreen([], { ...look, rates: new Map(), switches: [] });
  expect(empty).toMatch(/^catalog +0 +0 +– +–$/m);
  expect(empty).toMatch(/^switches –$/m);
});

test('the table ends the tour', () => {
  const result: TourResult = {
    ...counts,
    ...{ lost: 1, duplicated: 2, chargedTwice: 3, oversold: 4, findings: [] },
    ...{ verdict: 'failed', reasons: [], switches: 3, worstPauseMs: 45, killPauseMs: 1_800, seconds: 70 },
  };
  expect(formatResult(result)).toBe(
    [
      '  requests                    12,345',
      '  failed                           0',
      '  lost                             1',
      '  duplicated                       2',
      '  charged twice                    3',
      '  oversold                         4',
      '  worst pause of a switch      45 ms',
      '',
      '3 switches in 70 s. 2,000 writes of the catalog and 40 orders were acknowledged, and looked',
      'for afterwards; 99 customers came too late. 6 requests were told to come again, and answered',
      'then: nearly all while the service was dead, for 1.8 s.',
    ].join('\n'),
  );
});
