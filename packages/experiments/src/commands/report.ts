import { join } from 'node:path';
import { removePartialFiles, UserError } from '@im-bert/core';
import { writeReport } from '../results/write-report.ts';
import { RunStore } from '../store/run-store.ts';
import { loadTable, planTable, readDigests } from './open-plan.ts';
import { commandLine, locations, type TableOptions, unlimited } from './options.ts';

/**
 * `im-bert report`: renders a table again from what the store holds, also while a run goes; missing cells are named,
 * nothing is run.
 */
export async function reportCommand(name: string, options: TableOptions): Promise<number> {
  const loaded = await loadTable(name, options);
  const { store: path } = locations(options.runs);
  const store = await RunStore.read(path);
  const run = commandLine('run', name, unlimited(options));
  if (store === undefined)
    throw new UserError({
      where: path,
      expected: 'a run store',
      got: 'no such file',
      remedy: `First: ${run}`,
    });
  await removePartialFiles(options.runs); // of commands that were killed
  try {
    const digests = await readDigests(loaded, options.runs);
    try {
      const plan = await planTable(loaded, digests, store, { ...options, budget: undefined });
      const report = await writeReport(plan, store, join(options.runs, loaded.name, loaded.profile), run);
      process.stdout.write(`${report.summary}\n\nReport: ${report.path}\n`);
      return 0;
    } finally {
      digests.close();
    }
  } finally {
    store.close();
  }
}
