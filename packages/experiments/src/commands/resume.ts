import { exists, UserError } from '@im-bert/core';
import { RunStore } from '../store/run-store.ts';
import { loadTable } from './open-plan.ts';
import { locations, type RunOptions } from './options.ts';
import { runInStore } from './run.ts';

function nothingToResume(path: string, experiment: string | undefined): UserError {
  return new UserError({
    where: path,
    expected: experiment === undefined ? 'an earlier run' : `an earlier run of ${experiment}`,
    got: 'none',
    remedy: 'Start one with im-bert run.',
  });
}

/**
 * `im-bert resume`: the latest run again, with its own options; cells go on from their checkpoints. The store is opened
 * once, so that no other process gets in between.
 */
export async function resumeCommand(experiment: string | undefined, runs: string): Promise<number> {
  const { store: path } = locations(runs);
  if (!(await exists(path))) throw nothingToResume(path, experiment);
  const store = await RunStore.open(path);
  try {
    const last = await store.lastInvocation(experiment);
    if (last === undefined) throw nothingToResume(path, experiment);
    const options = { ...(JSON.parse(last.options) as RunOptions), runs };
    return await runInStore(await loadTable(last.experiment, options), last.experiment, options, store);
  } finally {
    store.close();
  }
}
