/**
 * `npm start`: Table 1 on the embedded, synthetic data. Arguments are passed on to `im-bert run`. It compiles and runs
 * without Nx, which would write into the home folder and into /tmp.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const build = spawnSync(process.execPath, [tsc, '--build'], { stdio: 'inherit' });
if (build.status !== 0) process.exit(build.status ?? 1);

const command = new URL('../packages/experiments/bin/im-bert.js', import.meta.url);
process.argv.splice(1, 1, fileURLToPath(command), 'run', 'table1');
await import(command.href);
