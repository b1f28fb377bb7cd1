// The same .ts files that run are the ones under test: Node strips the types, jest transforms nothing.
const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'json'],
  transform: {},
  modulePathIgnorePatterns: ['<rootDir>/.shop/', '<rootDir>/stages/.+/overlay/'],
};

export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/acceptance/'],
      globalSetup: '<rootDir>/platform/testing/global-setup.ts',
      globalTeardown: '<rootDir>/platform/testing/global-teardown.ts',
    },
  ],
};
