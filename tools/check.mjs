/**
 * `npm run check`: every static check, one after the other, each reported as it ends. All of them run even when one
 * fails; the exit code is that of the worst.
 */
import { spawnSync } from 'node:child_process';
import { packages } from './package-order.js';

const checks = [
  ['project graph', 'nx', 'show', 'projects'],
  ['types of the sources', 'tsc', '--build'],
  ['types of the tests', 'tsc', '--project', 'tsconfig.test.json'],
  ['lint and boundaries', 'eslint', '.', '--max-warnings=0'],
  ['format', 'prettier', '--check', '--log-level=warn', '.'],
  ['unused files, exports and dependencies', 'knip'],
  ...packages.map((name) => [`package ${name}`, 'publint', '--strict', `packages/${name}`]),
];

const failed = checks.filter(([name, command, ...options]) => {
  const started = performance.now();
  const run = spawnSync('npx', ['--no-install', command, ...options], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
    env: { ...process.env, NX_DAEMON: 'false' },
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${run.status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (run.status !== 0) console.log(`${run.stdout}${run.stderr}`);
  return run.status !== 0;
});

if (failed.length > 0) {
  console.error(
    `${failed.length} of ${checks.length} checks failed: ${failed.map(([name]) => name).join(', ')}.`,
  );
  process.exit(1);
}
console.log(`All ${checks.length} checks passed.`);
