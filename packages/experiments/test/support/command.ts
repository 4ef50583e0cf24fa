import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const script = join(import.meta.dirname, 'im-bert.mjs');

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is running. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves once its output (both streams) matches, with the output so far; rejects if it ends before. */
  until(pattern: RegExp): Promise<string>;
  readonly ended: Promise<Ended>;
}

/** Starts the im-bert command, from the sources, in a process of its own. */
export function startCommand(words: readonly string[], folder: string): Running {
  const child = spawn(process.execPath, ['--conditions=@im-bert/source', script, ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk: Buffer) => {
      output[name] += chunk.toString();
      child.emit('output');
    });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  const all = (): string => output.stdout + output.stderr;
  const until = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(all())) {
      if (child.exitCode !== null) throw new Error(`ended before ${String(pattern)}:\n${all()}`);
      await Promise.race([once(child, 'output'), once(child, 'exit')]);
    }
    return all();
  };
  return { child, until, ended };
}

/** Runs the im-bert command to its end. */
export async function command(words: readonly string[], folder: string): Promise<Ended> {
  return startCommand(words, folder).ended;
}
