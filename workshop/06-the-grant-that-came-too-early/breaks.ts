// Exercise 6: the right to write is given away before the other side has everything.
import type { BrokenExercise } from '../breaks.ts';

export const exercise: BrokenExercise = {
  goal: 'The right is given away only to a side that has everything which was written before.',
  breaks: [
    {
      file: 'strangler/ownership/transitions.ts',
      right: "return atTarget !== undefined && drained.state === 'DRAINING' && isSame(drained, atTarget);",
      wrong: `return (
    drained.state === 'DRAINING' &&
    atTarget?.state === 'DRAINING' &&
    atTarget.epoch === drained.epoch &&
    atTarget.target === drained.target
  );`,
    },
  ],
  tests: ['strangler/ownership/transitions.test.ts'],
};
