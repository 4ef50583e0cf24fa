/** Turns Ctrl-C (and a polite kill) into an abort signal. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Gives the signals back to Node.js. */
  end(): void;
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/** From now on the first Ctrl-C asks the run to stop at the next step; the second ends the process at once. */
export function interruptible(): Interruption {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('\nStopping after this step; press Ctrl-C again to stop at once.\n');
    controller.abort();
  };
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    end: () => {
      for (const name of signals) process.off(name, stop);
    },
  };
}
