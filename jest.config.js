// The same .ts files that run are the ones under test: Node strips the types, jest transforms nothing.
import { availableParallelism } from 'node:os';

/** More than there are cores: most of a test's time is spent waiting for processes and for PostgreSQL. */
const WORKERS = Math.ceil(1.5 * availableParallelism());

/** What takes minutes: `npm run test:endurance` runs it. */
export const ENDURANCE = '\\.endurance\\.test\\.ts$';

export const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'json'],
  transform: {},
  modulePathIgnorePatterns: ['<rootDir>/.shop/', '<rootDir>/stages/.+/overlay/'],
};

/** A PostgreSQL for the whole run. */
export const setup = {
  globalSetup: '<rootDir>/platform/testing/global-setup.ts',
  globalTeardown: '<rootDir>/platform/testing/global-teardown.ts',
};

// Tests wait for real processes, on machines that may be busy: only one that hangs is to meet this.
export const testTimeout = 180_000;

export default {
  // A number, since jest takes a percentage above 100 for a number of workers: '150%' is 150 of them.
  maxWorkers: WORKERS,
  // Within a file, where its tests say that they may run side by side.
  maxConcurrency: 2,
  testTimeout,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/acceptance/', ENDURANCE],
      ...setup,
    },
    {
      ...common,
      displayName: 'acceptance',
      testMatch: ['<rootDir>/acceptance/**/*.test.ts'],
      testTimeout,
      globalSetup: '<rootDir>/acceptance/global-setup.ts',
      globalTeardown: '<rootDir>/acceptance/global-teardown.ts',
    },
  ],
};
