import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process that does a step when asked; between steps it waits, so that two of them can take turns. */
export function startStepper(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    /** Runs one step: { seconds, optimizer (seconds), processor (seconds), loss, peak (GB) }. */
    async step() {
      child.stdin.write('step\n');
      const { value, done } = await answers.next();
      if (done) throw new Error(`${command} ended before its step did`);
      return JSON.parse(value);
    },
    end() {
      child.stdin.end();
    },
  };
}
