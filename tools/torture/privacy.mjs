/** `npm start` under strace: it writes nothing outside its folder and connects to nothing. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const devices = /^\/(dev|proc)\//;
// glibc asks the local name service daemon who the user is: a socket of this machine.
const localLookup = '/var/run/nscd/socket';

/** A line of strace as what it says that is wrong, or undefined. */
function faultOf(line, allowed) {
  if (/ = -1 /.test(line) && !line.includes('connect(')) return undefined;
  const address = /connect\(.*sa_family=(AF_\w+)/.exec(line)?.[1];
  if (address !== undefined)
    return line.includes(localLookup) ? undefined : line.replace(/^\d+ +/, '').trim();
  const [, call, path, flags = ''] = /(openat|creat|mkdirat|mkdir)\([^"]*"(\/[^"]*)"(.*)/.exec(line) ?? [];
  if (path === undefined || (call === 'openat' && !/O_WRONLY|O_RDWR|O_CREAT/.test(flags))) return undefined;
  const isAllowed = devices.test(path) || allowed.some((folder) => path.startsWith(folder));
  return isAllowed ? undefined : `${call} ${path}`;
}

async function readTrace(path, allowed) {
  const faults = new Set();
  let calls = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    calls++;
    const fault = faultOf(line, allowed);
    if (fault !== undefined) faults.add(fault);
  }
  return { calls, faults: [...faults] };
}

export default {
  title: 'Privacy of npm start',
  async run({ seconds, folder, log }) {
    if (spawnSync('strace', ['-V']).status !== 0) {
      log?.('strace is not installed: nothing was tried');
      return { trials: 0, outcomes: { 'no strace': 1 }, failures: [] };
    }
    const [home, trace] = [join(folder, 'home'), join(folder, 'trace')];
    await mkdir(home, { recursive: true });
    const words = ['-f', '--seccomp-bpf', '-e', 'trace=openat,creat,mkdir,mkdirat,connect', '-o', trace];
    const child = spawn('strace', [...words, 'npm', 'start', '--', `--runs=${join(folder, 'runs')}`], {
      cwd: checkout,
      stdio: 'ignore',
      detached: true,
      env: { PATH: process.env.PATH, HOME: home, TMPDIR: process.env.TMPDIR },
    });
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGTERM'), seconds * 1000);
    const [code] = await once(child, 'close');
    clearTimeout(timer);
    const { calls, faults: all } = await readTrace(trace, [checkout, join(folder, 'runs')]);
    // npm makes its empty folder before any script of ours; its logs and its question for updates are off in .npmrc
    const faults = all.filter((fault) => fault !== `mkdir ${join(home, '.npm')}`);
    log?.(`${calls} calls traced, npm start ${code === 0 ? 'to its end' : `stopped after ${seconds} s`}`);
    const failures = [...faults, ...(calls < 1000 ? [`only ${calls} calls were traced`] : [])];
    return { trials: 1, outcomes: { calls, faults: faults.length }, failures };
  },
};
