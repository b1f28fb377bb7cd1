// The long ones: a SIGKILL at every crash point, the suite against a shop that is being killed and against copies with
// bugs, releases under load, the README command by command, every benchmark from end to end.
import { common, setup, testTimeout } from './jest.config.js';

export default {
  ...common,
  ...setup,
  displayName: 'endurance',
  testMatch: ['**/*.endurance.test.ts'],
  testTimeout,
  // Each of them is many processes.
  maxWorkers: 2,
};
