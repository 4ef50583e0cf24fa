export default {
  projects: ['<rootDir>/packages/*', '<rootDir>/tools'],
  reporters: ['default', '<rootDir>/tools/jest/totals-reporter.js'],
  maxWorkers: 2,
  testTimeout: 30_000, // machines do other work too
};
