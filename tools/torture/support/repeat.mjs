import { performance } from 'node:perf_hooks';

let isInterrupted = false;
// the first Ctrl-C ends the trial at hand and shows the counts so far; a second one ends the process
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (isInterrupted = true));

/** True once somebody asked for the end. */
export const interrupted = () => isInterrupted;

/** Says when a trial of so many seconds, or so many trials, is over; an interrupted one is. */
export function budget({ seconds, trials = Infinity }) {
  const started = performance.now();
  return (done) => isInterrupted || done >= trials || performance.now() - started > 1000 * seconds;
}

/**
 * Does a trial again and again, also after one that failed, until the time or the number is up or someone interrupts.
 * @param trial gets its number; gives one outcome or several, or throws what is wrong
 * @returns what the runner shows
 */
export async function repeat(settings, name, trial) {
  const isOver = budget(settings);
  const outcomes = {};
  const failures = [];
  let done = 0;
  for (let number = 0; !isOver(done); number++) {
    try {
      for (const outcome of [await trial(number)].flat()) {
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        done++;
      }
    } catch (error) {
      if (isInterrupted) break; // its commands were interrupted, too
      done++;
      failures.push(`${name} ${number}: ${error.message}`);
      settings.log([failures.at(-1), ...(error.details ?? [])].join('\n    '));
    }
  }
  return { trials: done, outcomes, failures };
}
