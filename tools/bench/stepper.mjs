import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * A process that does a step when asked; between steps it waits, so that two of them can take turns.
 * @param {string} name stands in errors
 */
export function startStepper(name, command, args, env = {}) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint = `${complaint}${chunk}`.slice(-2000)));
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    /** Runs one step: { seconds, ... }, whatever the process answers. */
    async step() {
      child.stdin.write('step\n');
      const { value, done } = await answers.next();
      if (done) throw new Error(`${name} ended before its step did: ${complaint.trim().split('\n').at(-1)}`);
      return JSON.parse(value);
    },
    end() {
      child.stdin.end();
    },
  };
}
