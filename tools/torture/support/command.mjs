import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command as it is installed. */
export const bin = fileURLToPath(new URL('../../../packages/experiments/bin/im-bert.js', import.meta.url));

/**
 * Starts im-bert in a folder.
 * @returns the process, and how it ended: code, signal, stdout, stderr, and all its words
 */
export function start(words, folder, { through = [], env = {} } = {}) {
  const [program, ...rest] = [...through, process.execPath, bin, ...words];
  const child = spawn(program, rest, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (said[name] += chunk));
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, ...said, text: said.stdout + said.stderr });
    });
  });
  return { child, ended };
}

/** Runs im-bert to its end. */
export async function command(words, folder, options) {
  return start(words, folder, options).ended;
}

/** True if the text holds a stack trace of Node.js or the message of a crash. */
export function hasTrace(text) {
  return /^\s+at .+[:(]|^Node\.js v\d|Segmentation fault|core dumped|FATAL ERROR:/m.test(text);
}

/** What is wrong with an end that should be a mistake in one line: undefined, or words for it. */
export function notOneLine({ code, signal, stderr, text }) {
  if (signal !== null) return `ended by ${signal}`;
  if (hasTrace(text)) return `stack trace: ${firstFault(text)}`;
  const lines = stderr.split('\n').filter((line) => line.includes(': expected '));
  if (code !== 1) return `exit code ${code}`;
  return lines.length === 1 ? undefined : `${lines.length} lines of error: ${firstFault(text)}`;
}

/** The line that says most about what went wrong. */
export function firstFault(text) {
  const lines = text.split('\n');
  return (lines.find((line) => /Error|expected/.test(line)) ?? lines.at(-2) ?? '').trim().slice(0, 300);
}
