import { judgeAccounts } from './invariants/accounts.ts';
import { ACCOUNTS, OPENING_BALANCE } from './ground/ground.ts';
import { createHistory } from './load/history.ts';
import { decide, spread } from './report.ts';

const bounds = { switches: 2, eachFault: 1, acknowledged: 10 };
const enough = {
  switches: { moved: 2, planned: 1, refused: 0 },
  faults: { flapping: 1 },
  writes: { ...createHistory().counts, acknowledged: 10, unknownDone: 0 },
  invariants: [{ invariant: 'sums are conserved', checked: 3, violations: 0 }],
};

test('a run that was long enough and violates nothing has passed', () => {
  expect(decide(enough, bounds, false)).toEqual({ outcome: 'passed', reasons: [] });
});

test.each([
  ['too few switches', { switches: { moved: 1, planned: 1, refused: 9 } }, '1 switches of 2'],
  ['too few of a fault', { faults: { flapping: 0 } }, '0 × flapping of 1'],
  ['too few writes', { writes: { ...enough.writes, acknowledged: 9 } }, '9 acknowledged writes of 10'],
  [
    'nothing looked at',
    { invariants: [{ invariant: 'sums are conserved', checked: 0, violations: 0 }] },
    'nothing to tell by whether sums are conserved',
  ],
])('%s prove nothing', (_what, less, reason) => {
  expect(decide({ ...enough, ...less }, bounds, false)).toEqual({
    outcome: 'inconclusive',
    reasons: [reason],
  });
});

test('an interrupted run proves nothing, and a violation counts however short the run was', () => {
  expect(decide(enough, bounds, true)).toEqual({ outcome: 'inconclusive', reasons: ['it was interrupted'] });
  const invariants = [{ invariant: 'sums are conserved', checked: 3, violations: 1 }];
  expect(decide({ ...enough, invariants, faults: {} }, bounds, true)).toEqual({
    outcome: 'violated',
    reasons: ['1 × not so: sums are conserved'],
  });
});

test('a spread is of what was measured, and of nothing there is none', () => {
  expect(spread([])).toBeNull();
  expect(spread([3, 1, 2])).toEqual({ count: 3, p50: 2, p99: 3, max: 3 });
});

test('money that is made, lost or in the wrong place is found', () => {
  const accounts = Array.from({ length: ACCOUNTS }, (_, account) => ({ account, balance: OPENING_BALANCE }));
  const counted = (changes: ReadonlyMap<number, number>, rows = accounts) =>
    judgeAccounts(changes, { accounts: rows }).map(({ findings }) => findings.length);
  expect(counted(new Map())).toEqual([0, 0]);
  expect(
    counted(
      new Map([
        [0, -5],
        [1, 5],
      ]),
    ),
  ).toEqual([0, 2]);
  const more = accounts.map((row) => (row.account === 3 ? { ...row, balance: row.balance + 1 } : row));
  expect(counted(new Map(), more)).toEqual([1, 1]);
  expect(counted(new Map(), accounts.slice(1))).toEqual([1, 1]);
});
