import nx from '@nx/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';
import { mayDependOn, packages } from './tools/package-order.js';

export default defineConfig(globalIgnores(['**/dist', '**/fixtures', '.nx', '**/*.js', '**/*.mjs']), {
  files: ['packages/*/src/**/*.ts', 'packages/*/test/**/*.ts', 'tools/test/**/*.ts'],
  extends: [ts.configs.strictTypeChecked],
  plugins: { '@nx': nx },
  languageOptions: {
    parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname },
  },
  rules: {
    '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    '@nx/enforce-module-boundaries': [
      'error',
      {
        allowCircularSelfDependency: true, // tests use their own package as its users do
        depConstraints: packages.map((name) => ({
          sourceTag: `layer:${name}`,
          onlyDependOnLibsWithTags: mayDependOn(name).map((other) => `layer:${other}`),
        })),
      },
    ],
  },
});
