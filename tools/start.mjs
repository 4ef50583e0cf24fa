/** `npm start`: Table 1 on the embedded, synthetic data. Arguments are passed on to `im-bert run`. */
import { spawnSync } from 'node:child_process';

const arguments_ = [
  'nx',
  'run',
  'experiments:table1',
  '--outputStyle=stream-without-prefixes',
  ...process.argv.slice(2),
];
const run = spawnSync('npx', arguments_, {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { NX_DAEMON: 'false', NX_TUI: 'false', ...process.env },
});
process.exit(run.status ?? 1);
