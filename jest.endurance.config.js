// The long ones: a SIGKILL at every crash point, the suite against a shop that is being killed and against copies with
// bugs, releases under load, the README command by command, every benchmark from end to end.
import { common, setup, testTimeout } from './jest.config.js';

export default {
  ...common,
  ...setup,
  displayName: 'endurance',
  testMatch: ['**/*.endurance.test.ts'],
  testTimeout,
  // Each of them is many processes, enough for any machine's cores: two at once take as long as one after the other, and
  // keep each other waiting until the shop's own deadlines are met, which is an answer of 503 and no mistake.
  maxWorkers: 1,
};
