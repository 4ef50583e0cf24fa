/** The im-bert command in a process of its own, bounded in time and memory, with a cache of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../../packages/experiments/bin/im-bert.js', import.meta.url));
const seconds = 90;

/** Starts `im-bert data ensure rte`. `HF_*` of `settings` on top of the place; a process that takes too long is killed. */
export function startEnsure(place, settings, runs = 'runs') {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(HF_|NODE_OPTIONS)/.test(name));
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=300', script, 'data', 'ensure', 'rte', `--runs=${join(place, runs)}`],
    {
      cwd: place,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: seconds * 1000,
      killSignal: 'SIGKILL',
      env: {
        ...Object.fromEntries(inherited),
        HF_HOME: join(place, 'home'),
        HF_HUB_ETAG_TIMEOUT: '1',
        HF_HUB_DOWNLOAD_TIMEOUT: '1',
        ...settings,
      },
    },
  );
  let errors = '';
  child.stderr.on('data', (chunk) => {
    if (errors.length < 100_000) errors += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, errors: errors.trim() }));
  return { child, ended };
}

/** What is wrong with how a command ended, or undefined. @param ends `error` (one line, exit 1) or `works` */
export function faultOf({ code, signal, errors }, ends) {
  const shown = JSON.stringify(errors.slice(0, 300));
  if (signal !== null) return `killed by ${signal} after ${seconds} s`;
  if (/^\s+at /m.test(errors)) return `a stack trace: ${shown}`;
  if (ends === 'works') return code === 0 ? undefined : `exit ${code}: ${shown}`;
  if (code !== 1) return `exit ${code} where 1 was due: ${shown}`;
  return errors !== '' && !errors.includes('\n') && errors.length < 1000
    ? undefined
    : `not one line: ${shown}`;
}

/** Bytes of all files under a folder. */
export function bytesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
