import { nearest, UserError } from '@im-bert/core';
import {
  noData,
  openDataStore,
  readDataStore,
  resolveHub,
  type SplitStatus,
  type Task,
  taskNames,
} from '@im-bert/data';
import { locations } from './options.ts';
import { alignColumns } from './text-table.ts';

function taskOf(name: string): Task {
  const task = taskNames.find((known) => known === name);
  if (task !== undefined) return task;
  throw new UserError({
    where: 'im-bert data',
    expected: taskNames.join(', '),
    got: `"${name}"`,
    nearest: nearest(name, taskNames),
  });
}

function statusLine({ task, split, content }: SplitStatus): string[] {
  if (content === null) return [task, split, '-', 'not loaded', '', ''];
  const { rows, source, sha256, origin, heldOut } = content;
  const part = heldOut ? `held out of ${source}` : source;
  return [task, split, String(rows), part, sha256.slice(0, 12), origin];
}

async function load(tasks: readonly Task[], path: string, hub: string | undefined): Promise<void> {
  const store = await openDataStore(path);
  try {
    const from = resolveHub(hub === undefined ? {} : { folder: hub });
    for (const task of tasks) await store.ensure(task, from);
  } finally {
    store.close();
  }
}

async function statusOf(path: string): Promise<SplitStatus[]> {
  const store = await readDataStore(path);
  if (store === undefined) return noData();
  try {
    return await store.status();
  } finally {
    store.close();
  }
}

/**
 * `im-bert data`: `ensure` loads tasks (all where none is named) into the data store, `status` shows what is there, also
 * while a run goes; both end with the status.
 */
export async function dataCommand(
  action: 'status' | 'ensure',
  names: readonly string[],
  options: { readonly hub?: string; readonly runs: string },
): Promise<number> {
  const wanted = names.length === 0 ? taskNames : names.map(taskOf);
  const { data: path } = locations(options.runs);
  if (action === 'ensure') await load(wanted, path, options.hub);
  const status = (await statusOf(path)).filter(({ task }) => wanted.includes(task));
  const lines = [['task', 'split', 'rows', 'source', 'sha256', 'from'], ...status.map(statusLine)];
  process.stdout.write(`${alignColumns(lines).join('\n')}\n${path}\n`);
  return 0;
}
