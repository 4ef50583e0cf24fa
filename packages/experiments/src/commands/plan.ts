import { formatDuration } from '@im-bert/core';
import { tasks } from '@im-bert/data';
import type { Plan, PlannedCell } from '../plan/plan.ts';
import { exists } from '../store/database.ts';
import { RunStore } from '../store/run-store.ts';
import { loadTable, openCorpus, planTable } from './open-plan.ts';
import { commandLine, counted, locations, type TableOptions } from './options.ts';
import { alignColumns } from './text-table.ts';

function cellLine(cell: PlannedCell): string[] {
  const { standing } = cell;
  const cost = standing.state === 'done' ? '' : formatDuration(cell.seconds);
  const why = standing.state === 'done' ? 'done' : standing.why;
  return [cell.id.slice(0, 8), cell.row, tasks[cell.task].title, String(cell.seed), cost, why];
}

/** The plan as text: a line a cell with its cost and why it is stale, what is left out, and the sum. */
export function planText(plan: Plan): string[] {
  const stale = plan.cells.filter(({ standing }) => standing.state === 'stale');
  const seconds = stale.reduce((sum, cell) => sum + cell.seconds, 0);
  return [
    ...alignColumns([['cell', 'row', 'task', 'seed', 'cost', 'state'], ...plan.cells.map(cellLine)]),
    ...plan.omitted.map(({ name, reason }) => `left out: ${name}: ${reason}`),
    `${counted(plan.cells.length, 'cell')}, ${plan.cells.length - stale.length} done, ${stale.length} to run: ` +
      `about ${formatDuration(seconds)}.`,
  ];
}

async function digests(
  loaded: Awaited<ReturnType<typeof loadTable>>,
  options: TableOptions,
): Promise<Awaited<ReturnType<typeof openCorpus>> | undefined> {
  const stored = loaded.experiment.data.source === 'hub';
  return stored && !(await exists(locations(options.runs).data)) ? undefined : openCorpus(loaded, options);
}

/** `im-bert plan`: lists cells, their cost and why each is stale; trains nothing and loads no model. */
export async function planCommand(name: string, options: TableOptions): Promise<number> {
  const loaded = await loadTable(name, options);
  const store = await RunStore.read(locations(options.runs).store);
  const corpus = await digests(loaded, options);
  try {
    const plan = await planTable(loaded, corpus ?? { digest: () => '' }, store);
    process.stdout.write(`${planText(plan).join('\n')}\nRun it: ${commandLine('run', name, options)}\n`);
    return 0;
  } finally {
    corpus?.close();
    store?.close();
  }
}
