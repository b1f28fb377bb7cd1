import { judge, type Judged } from './verdict.ts';

const fine: Judged = {
  requests: 5_000,
  arrivals: 4_000,
  unexpected: 0,
  stale: 0,
  late: 40,
  dropped: 40,
  reads: {
    pairs: 1_000,
    pairsByService: 1,
    stale: 0,
    seenAgain: 10,
    seenAgainByService: 1,
    backwards: 0,
  },
  proveReads: true,
};
const judgeReads = (reads: Partial<Judged['reads']>, proveReads = true) =>
  judge({ ...fine, reads: { ...fine.reads, ...reads }, proveReads });

test('a run passes where nothing went wrong, one percent was late or dropped, and what is to be proven was seen', () => {
  expect(judge(fine)).toEqual({ verdict: 'passed', reasons: [] });
});

test.each([
  [
    { pairs: 999 },
    'only 999 of 1000 reads after a write of the same session: raise --admin, --rate or --duration',
  ],
  [{ pairsByService: 0 }, 'none of the reads after a write was served by a service'],
  [{ seenAgainByService: 0 }, 'no service has shown a product to anybody who had seen it before'],
])('with %j nothing is proven, which matters only where a proof is asked for', (reads, reason) => {
  expect(judgeReads(reads)).toEqual({ verdict: 'inconclusive', reasons: [reason] });
  expect(judgeReads(reads, false).verdict).toBe('passed');
});

test('a fault is a fault, however little else was seen', () => {
  expect(judgeReads({ pairs: 2, backwards: 2 })).toEqual({
    verdict: 'failed',
    reasons: ['2 reads went backwards', expect.stringMatching(/^only 2 of 1000/)],
  });
  expect(judge({ ...fine, stale: 1, unexpected: 1 })).toEqual({
    verdict: 'failed',
    reasons: ['1 unexpected answer', '1 stale read'],
  });
});

test.each([{ late: 41 }, { dropped: 41 }, { requests: 0 }])('with %j no verdict is given', (changes) => {
  expect(judge({ ...fine, ...changes }).verdict).toBe('inconclusive');
});
