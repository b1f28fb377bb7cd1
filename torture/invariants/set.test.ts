import type { Open } from '../load/history.ts';
import { judgeSet } from './set.ts';

const span = { invoked: 0, completed: 1 };
const at = (element: number, epoch = 1, side: 'monolith' | 'service' = 'monolith') => ({
  element,
  epoch,
  side,
});
const acknowledged = new Map([
  [1, span],
  [2, span],
]);
const given = (element: number, outcome: 'failed' | 'unknown'): Open => ({
  ...span,
  key: 'k',
  operation: { kind: 'add', element },
  outcome,
  disturbed: true,
  reason: '',
});
const violations = (...asked: Parameters<typeof judgeSet>) =>
  judgeSet(...asked).map(({ findings }) => findings.length);
const rows = (elements: ReturnType<typeof at>[], elementsElsewhere: ReturnType<typeof at>[] = []) => ({
  elements,
  elementsElsewhere,
});

test('every acknowledged element once is as it should be', () => {
  expect(violations({ elements: acknowledged }, [], rows([at(1), at(2, 2, 'service')]))).toEqual([0, 0, 0]);
});

test.each([
  ['one that is not at the owner', rows([at(1)], [at(2)]), [1, 0, 0]],
  ['one that is there twice', rows([at(1), at(2), at(2)]), [0, 1, 0]],
  ['one that nobody was told of', rows([at(1), at(2), at(3)]), [0, 1, 0]],
  ['one that a side wrote under the other side’s epoch', rows([at(1), at(2, 2)]), [0, 0, 1]],
  ['the same at the side that does not own', rows([at(1), at(2)], [at(9, 3, 'service')]), [0, 0, 1]],
])('%s is found', (_what, found, expected) => {
  expect(violations({ elements: acknowledged }, [], found)).toEqual(expected);
});

test('what was given up counts by what its key says', () => {
  const answer = { epoch: 1, side: 'monolith' } as const;
  const done = [{ open: given(3, 'unknown'), answer }];
  expect(violations({ elements: acknowledged }, done, rows([at(1), at(2)]))).toEqual([1, 0, 0]);
  expect(violations({ elements: acknowledged }, done, rows([at(1), at(2), at(3)]))).toEqual([0, 0, 0]);
  const nothing = [{ open: given(3, 'failed'), answer: undefined }];
  expect(violations({ elements: acknowledged }, nothing, rows([at(1), at(2)]))).toEqual([0, 0, 0]);
  expect(violations({ elements: acknowledged }, nothing, rows([at(1), at(2), at(3)]))).toEqual([0, 1, 0]);
});
