import { systemFault } from '@im-bert/core';
import { main } from './cli.ts';
import { failure } from './failure.ts';

/** Ended by a closed pipe: 128 + SIGPIPE, as of a program that does not handle that signal. */
const closedPipeCode = 141;

/** The reader of our output has gone, as `head` does once it has its lines: there is nobody left to tell anything. */
function endAtClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(closedPipeCode);
  throw systemFault(error, 'standard output') ?? error;
}

/** Runs the command as this process: from its words to its exit code. */
export async function runProcess(): Promise<void> {
  const words = process.argv.slice(2);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endAtClosedPipe);
  process.on('uncaughtException', (error) => {
    const { text, code } = failure(error, words);
    process.stderr.write(text);
    process.exit(code);
  });
  process.exitCode = await main(words, { error: (text) => process.stderr.write(text) });
}
