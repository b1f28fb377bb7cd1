// The same .ts files that run are the ones under test: Node strips the types, jest transforms nothing.
import { availableParallelism } from 'node:os';

/** More than there are cores: most of a test's time is spent waiting for processes and for PostgreSQL. */
const WORKERS = Math.ceil(1.5 * availableParallelism());

const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'json'],
  transform: {},
  modulePathIgnorePatterns: ['<rootDir>/.shop/', '<rootDir>/stages/.+/overlay/'],
};

export default {
  // A number, since jest takes a percentage above 100 for a number of workers: '150%' is 150 of them.
  maxWorkers: WORKERS,
  // Within a file, where its tests say that they may run side by side.
  maxConcurrency: 2,
  // Tests wait for real processes, on machines that may be busy: only one that hangs is to meet this.
  testTimeout: 180_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/acceptance/'],
      globalSetup: '<rootDir>/platform/testing/global-setup.ts',
      globalTeardown: '<rootDir>/platform/testing/global-teardown.ts',
    },
    {
      ...common,
      displayName: 'acceptance',
      testMatch: ['<rootDir>/acceptance/**/*.test.ts'],
      testTimeout: 180_000,
      globalSetup: '<rootDir>/acceptance/global-setup.ts',
      globalTeardown: '<rootDir>/acceptance/global-teardown.ts',
    },
  ],
};
