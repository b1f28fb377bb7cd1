import { pino } from 'pino';
import { until } from '#platform/testing/until.ts';
import type { Mismatch } from '../../answers/mismatch.ts';
import { startSwitchReports, type SwitchReportsOptions } from './switch-reports.ts';

type Client = SwitchReportsOptions['client'];
type Told = Parameters<Client['reportMismatches']>[0]['mismatches'][number];

const mismatch = (id: number): Mismatch => ({
  id: String(id),
  capability: 'catalog',
  at: new Date(0),
  request: { method: 'GET', path: '/products' },
  kind: 'missing',
  differences: [],
  position: '',
});

function open() {
  const [mismatches, sums]: [Told[], bigint[]] = [[], []];
  const state = { away: false, matched: 0, tried: 0 };
  const answer = async (note: () => void) => {
    state.tried += 1;
    if (state.away) throw new Error('away');
    note();
    return {};
  };
  const client: Client = {
    reportMismatches: (request) => answer(() => void mismatches.push(...request.mismatches)),
    reportShadow: ({ counts }) => answer(() => void sums.push(counts?.match ?? 0n)),
  };
  let counts = { match: 0, mismatch: 0, lag: 0, inconclusive: 0 };
  const reports = startSwitchReports({
    client,
    counts() {
      if (counts.match !== state.matched) counts = { ...counts, match: state.matched };
      return new Map([['catalog', counts]]);
    },
    log: pino({ level: 'silent' }),
    everyMs: 5,
  });
  return { mismatches, sums, state, ...reports };
}

test('what was found while the switch was away is told when it is back, once, and no more than there is room for', async () => {
  const { mismatches, sums, state, report, stop } = open();
  state.away = true;
  for (let id = 0; id < 300; id += 1) report(mismatch(id));
  state.matched = 7;
  const { tried } = state;
  await until(async () => state.tried > tried + 1);
  expect([mismatches, sums.filter((sum) => sum > 0n)]).toEqual([[], []]);
  state.away = false;
  await until(async () => sums.at(-1) === 7n);
  expect(mismatches.map(({ id }) => Number(id))).toEqual(Array.from({ length: 200 }, (_, id) => id));
  await stop();
  expect(mismatches).toHaveLength(200);
});

test('counts are told as sums, when they have changed, and a last time before it stops', async () => {
  const { sums, state, stop } = open();
  for (const matched of [1, 2]) {
    state.matched = matched;
    await until(async () => sums.at(-1) === BigInt(matched));
  }
  state.matched = 3;
  await stop();
  expect(sums.filter((sum) => sum > 0n)).toEqual([1n, 2n, 3n]);
});
