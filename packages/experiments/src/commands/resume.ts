import { UserError } from '@im-bert/core';
import { RunStore } from '../store/run-store.ts';
import { locations, type RunOptions } from './options.ts';
import { runCommand } from './run.ts';

/** `im-bert resume`: the latest run again, with its own options; cells go on from their checkpoints. */
export async function resumeCommand(experiment: string | undefined, runs: string): Promise<number> {
  const { store: path } = locations(runs);
  const store = await RunStore.read(path);
  const last = await store?.lastInvocation(experiment);
  store?.close();
  if (last === undefined)
    throw new UserError({
      where: path,
      expected: experiment === undefined ? 'an earlier run' : `an earlier run of ${experiment}`,
      got: 'none',
      remedy: 'Start one with im-bert run.',
    });
  return runCommand(last.experiment, { ...(JSON.parse(last.options) as RunOptions), runs });
}
