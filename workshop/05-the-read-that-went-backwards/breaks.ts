// Exercise 5: a session is shown less than it has seen.
import type { BrokenExercise } from '../breaks.ts';

export const exercise: BrokenExercise = {
  goal: 'Nobody is shown less than they have seen, whichever side answers.',
  breaks: [
    {
      file: 'strangler/gateway/reads/session.ts',
      right: "import { isOfLaterEpoch, type Positions } from './positions.ts';",
      wrong: "import type { Positions } from './positions.ts';",
    },
    {
      file: 'strangler/gateway/reads/session.ts',
      right: `      const owned = Object.entries(now).filter(([name, position]) =>
        isOfLaterEpoch(position, seen[name] ?? ''),
      );`,
      wrong: '      const owned = Object.entries(now);',
    },
  ],
  tests: ['strangler/gateway/reads/split.test.ts'],
};
