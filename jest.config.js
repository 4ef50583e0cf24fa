export default {
  projects: ['<rootDir>/packages/*'],
  reporters: ['default', '<rootDir>/tools/jest/totals-reporter.js'],
  maxWorkers: 2,
};
