import { nearest, UserError } from '@im-bert/core';
import {
  type EvaluationSet,
  loadSet,
  noData,
  openDataStore,
  readDataStore,
  resolveHub,
  setNames,
  type SetStatus,
  type SplitStatus,
  type Task,
  taskNames,
} from '@im-bert/data';
import { locations } from './options.ts';
import { alignColumns } from './text-table.ts';

/** Tasks and evaluation sets that the command is about. */
interface Wanted {
  readonly tasks: readonly Task[];
  readonly sets: readonly EvaluationSet[];
}

/** What the names stand for; all tasks and the package's sets where none is given. @throws UserError for an unknown one */
async function wantedOf(names: readonly string[]): Promise<Wanted> {
  const [tasks, sets]: [Task[], EvaluationSet[]] = [[], []];
  const known = await setNames();
  if (names.length === 0)
    return { tasks: taskNames, sets: await Promise.all(known.map((name) => loadSet(name))) };
  for (const name of names) {
    const task = taskNames.find((one) => one === name);
    if (task !== undefined) tasks.push(task);
    else if (known.includes(name) || /\.ya?ml$/.test(name)) sets.push(await loadSet(name));
    else
      throw new UserError({
        where: 'im-bert data',
        expected: [...taskNames, ...known, "or the path of a set's .yaml file"].join(', '),
        got: `"${name}"`,
        nearest: nearest(name, [...taskNames, ...known]),
      });
  }
  return { tasks, sets };
}

function statusLine({ task, split, content }: SplitStatus): string[] {
  if (content === null) return [task, split, '-', 'not loaded', '', ''];
  const { rows, source, sha256, origin, heldOut } = content;
  const part = heldOut ? `held out of ${source}` : source;
  return [task, split, String(rows), part, sha256.slice(0, 12), origin];
}

/** One line a set, and one for each of its rows that were left out. */
function setLines(set: EvaluationSet, status: readonly SetStatus[]): string[][] {
  const found = status.find(({ name, definition }) => name === set.name && definition === set.definition);
  const facts = [set.name, set.licence, set.tasks.join(' ')];
  if (found === undefined) return [[...facts, '-', 'not loaded', '', '']];
  const { rows, bad, badRows, files, contamination } = found;
  const inTrain = contamination.filter(({ task }) => set.tasks.some((own) => own === task));
  const shared = inTrain.map(({ task, examples }) => `${task} ${examples}`).join(', ');
  return [
    [...facts, String(rows), files.map(({ path }) => path).join(' '), files[0]?.origin ?? '', shared],
    ...badRows.map(({ id, fault }) => ['', '', '', '', `left out: ${id}, ${fault}`, '', '']),
    ...(bad > badRows.length ? [['', '', '', '', `left out: ${bad - badRows.length} more`, '', '']] : []),
  ];
}

async function load({ tasks, sets }: Wanted, path: string, hub: string | undefined): Promise<void> {
  const store = await openDataStore(path);
  try {
    const from = resolveHub(hub === undefined ? {} : { folder: hub });
    for (const task of tasks) await store.ensure(task, from);
    for (const set of sets) await store.ensureSet(set, from);
  } finally {
    store.close();
  }
}

interface Status {
  readonly tasks: readonly SplitStatus[];
  readonly sets: readonly SetStatus[];
}

async function statusOf(path: string): Promise<Status> {
  const store = await readDataStore(path);
  if (store === undefined) return { tasks: noData(), sets: [] };
  try {
    return { tasks: await store.status(), sets: await store.setStatus() };
  } finally {
    store.close();
  }
}

/**
 * `im-bert data`: `ensure` loads tasks and evaluation sets into the data store (all tasks where nothing is named), `status`
 * shows what is there and what is not, also while a run goes; both end with the status.
 */
export async function dataCommand(
  action: 'status' | 'ensure',
  names: readonly string[],
  options: { readonly hub?: string; readonly runs: string },
): Promise<number> {
  const wanted = await wantedOf(names);
  const { data: path } = locations(options.runs);
  if (action === 'ensure')
    await load(names.length === 0 ? { ...wanted, sets: [] } : wanted, path, options.hub);
  const { tasks, sets } = await statusOf(path);
  const splits = tasks.filter(({ task }) => wanted.tasks.includes(task)).map(statusLine);
  const ofSets = wanted.sets.flatMap((set) => setLines(set, sets));
  const tables = [
    ...(splits.length === 0 ? [] : [[['task', 'split', 'rows', 'source', 'sha256', 'from'], ...splits]]),
    ...(ofSets.length === 0
      ? []
      : [[['set', 'licence', 'for', 'rows', 'source', 'from', 'in train'], ...ofSets]]),
  ];
  process.stdout.write(`${tables.map((lines) => alignColumns(lines).join('\n')).join('\n\n')}\n${path}\n`);
  return 0;
}
