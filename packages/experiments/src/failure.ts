import { readFileSync } from 'node:fs';
import { systemFault, UserError } from '@im-bert/core';

/** The exit code of a user's mistake, and that of a fault of ours (EX_SOFTWARE of sysexits.h). */
const mistakeCode = 1;
const faultCode = 70;

/** How a command that threw ends: what the terminal says and the exit code. */
interface Failure {
  readonly text: string;
  readonly code: number;
}

/** The version of this package. */
export function ownVersion(): string {
  const own = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(own) as { version: string }).version;
}

/**
 * What the user reads of an error: a mistake of theirs in one line, a fault of ours with its trace and what a report
 * needs.
 * @param words the command line without the program's name
 */
export function failure(error: unknown, words: readonly string[]): Failure {
  if (isExit(error)) return { text: '', code: error.exitCode };
  const mistake = error instanceof UserError ? error : systemFault(error);
  if (mistake !== undefined) return { text: `${mistake.message}\n`, code: mistakeCode };
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = [
    trace,
    "A fault of im-bert, not a mistake of yours. Please report it among the issues of im-bert's repository, with the",
    'lines above and these:',
    `  im-bert ${ownVersion()}, Node.js ${process.version}, ${process.platform} ${process.arch}`,
    `  im-bert ${words.map((word) => JSON.stringify(word)).join(' ')}`,
  ];
  return { text: `${lines.join('\n')}\n`, code: faultCode };
}

/** Commander's way to say that it has printed help or an error. */
function isExit(error: unknown): error is { readonly exitCode: number } {
  return error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number';
}
