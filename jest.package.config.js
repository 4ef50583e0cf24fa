/** What every package's tests share: sources are read through the `@im-bert/source` export condition, without a build. */
export default {
  testEnvironment: new URL('./tools/jest/environment.js', import.meta.url).pathname,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  testEnvironmentOptions: { customExportConditions: ['@im-bert/source', 'node', 'node-addons'] },
};
