// The long ones: the suite against a shop that is being killed, against copies with bugs, releases under load.
import { common, testTimeout } from './jest.config.js';

export default {
  ...common,
  displayName: 'endurance',
  testMatch: ['**/*.endurance.test.ts'],
  testTimeout,
  // Each of them is many processes.
  maxWorkers: 2,
};
