import type { HttpAnswer } from '../../answers/http-answer.ts';
import { decide, MAX_ROUNDS, type Round } from './decide.ts';

const answer = (body: string): HttpAnswer => ({ status: 200, headers: {}, body });
/** Three letters: what the monolith said, then the service, then the monolith again. */
const rounds = (...told: string[]): readonly Round[] =>
  told.map((letters) => {
    const [before, service, after] = [...letters].map(answer);
    return { before, service, after } as Round;
  });

test.each([
  ['lag', ['aaa']],
  ['lag', ['aba', 'aaa']],
  ['lag', ['aab', 'bbb']],
  ['again', ['aba']],
  ['again', ['aba', 'aba']],
  ['again', ['aab']],
  ['again', ['aab', 'bcb', 'bcb']],
  ['mismatch', ['aba', 'aba', 'aba']],
  ['mismatch', ['aba', 'aca', 'ada']],
  ['mismatch', ['aab', 'bcb', 'bcb', 'bcb']],
  ['again', ['aba', 'aba', 'aab']],
  ['changing', ['aba', 'aab', 'bcb', 'bca', 'aba', 'aba']],
  ['mismatch', ['aab', 'bba', 'aab', 'bcb', 'bcb', 'bcb']],
] as const)('it is %s after %j', (decision, told) => expect(decide(rounds(...told))).toBe(decision));

test('a row that goes to and fro while it is asked about is no mismatch, whatever the service says', () => {
  const to = ['aba', 'bab'];
  for (let count = 1; count < MAX_ROUNDS; count += 1) {
    const told = Array.from({ length: count }, (_, index) => to[index % 2] as string);
    expect(decide(rounds(...told))).toBe('again');
  }
});

test('it ends', () => {
  const told = Array.from({ length: MAX_ROUNDS }, () => 'abc');
  expect(decide(rounds(...told))).toBe('changing');
});
