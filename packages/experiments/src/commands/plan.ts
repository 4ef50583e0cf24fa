import { formatDuration, UserError } from '@im-bert/core';
import { tasks } from '@im-bert/data';
import { paperTables } from '../experiment/load.ts';
import { distinct, secondsToRun } from '../plan/budget.ts';
import type { Plan, PlannedCell } from '../plan/plan.ts';
import { readHubDigests } from '../run/corpus.ts';
import { RunStore } from '../store/run-store.ts';
import { loadTable, planTable, readDigests } from './open-plan.ts';
import { commandLine, counted, locations, type TableOptions } from './options.ts';
import { alignColumns } from './text-table.ts';

/** What `plan` has beyond what it shares with `run`. */
interface PlanOptions extends TableOptions {
  /** All tables of the paper, on real data and in the paper's size. */
  readonly all?: boolean;
}

function stateOf({ standing }: PlannedCell): string {
  return standing.state === 'done' ? 'done' : standing.why;
}

function cellLine(cell: PlannedCell): string[] {
  const cost = cell.standing.state === 'done' ? '' : formatDuration(cell.seconds);
  // An id covers the bytes of data and weights, so it is not known before they are here.
  const isKnown = cell.digest !== '' && cell.spec.pretrained !== '';
  const id = isKnown ? cell.id.slice(0, 8) : '-';
  return [id, cell.row, tasks[cell.task].title, String(cell.seed), cost, stateOf(cell)];
}

/** "12 cells, 3 done, 9 to run: about 5 min." Cells that stand in several places count once. */
function sum(cells: readonly PlannedCell[], { isMeasured }: Pick<Plan, 'isMeasured'>): string {
  const count = (state: string): number =>
    distinct(cells).filter(({ standing }) => standing.state === state).length;
  const postponed = count('postponed') === 0 ? '' : `, ${count('postponed')} left out`;
  const basis = isMeasured || count('stale') === 0 ? '' : ' (estimate, no run measured on this machine yet)';
  return (
    `${counted(distinct(cells).length, 'cell')}, ${count('done')} done, ${count('stale')} to run: ` +
    `about ${formatDuration(secondsToRun(cells))}${basis}${postponed}.`
  );
}

/** Days of computing from which a plan says what it would need. */
const longRun = 7;

/** What a plan that nobody waits for needs. */
function outOfReach(cells: readonly PlannedCell[]): string[] {
  const days = secondsToRun(cells) / 86_400;
  if (days < longRun) return [];
  return [
    `That is ${Math.ceil(days)} days of this machine, estimated; every cell runs on the processor, no GPU is used. Take ` +
      'fewer rows, --tasks or --seeds, or the small profile; --budget=MINUTES runs what fits.',
  ];
}

/** The plan as text: a line a cell with its cost and why it is stale, what is left out, and the sum. */
export function planText(plan: Plan): string[] {
  return [
    ...alignColumns([['cell', 'row', 'task', 'seed', 'cost', 'state'], ...plan.cells.map(cellLine)]),
    ...plan.omitted.map(({ name, reason }) => `left out: ${name}: ${reason}`),
    sum(plan.cells, plan),
    ...outOfReach(plan.cells),
  ];
}

/** Plans of several tables as text: cells that an earlier table has say so and cost nothing again. */
export function plansText(plans: readonly Plan[]): string[] {
  const first = new Map<string, string>();
  const lines = plans.flatMap(({ loaded, cells }) =>
    cells.map((cell) => {
      const before = first.get(cell.id);
      first.set(cell.id, before ?? loaded.name);
      const [id = '', row = '', task = '', seed = '', cost = '', state = ''] = cellLine(cell);
      const shared = before !== undefined && cell.standing.state !== 'done';
      return [
        loaded.name,
        loaded.profile,
        id,
        row,
        task,
        seed,
        ...(shared ? ['', `as in ${before}`] : [cost, state]),
      ];
    }),
  );
  const profiles = [...new Set(plans.map(({ loaded }) => loaded.profile))];
  const sums = profiles.map((profile) => {
    const of = plans.filter(({ loaded }) => loaded.profile === profile);
    const cells = of.flatMap((plan) => plan.cells);
    const isMeasured = of.some((plan) => plan.isMeasured);
    return `${profile}: ${counted(cells.length, 'place')}, ${sum(cells, { isMeasured })}`;
  });
  return [
    ...alignColumns([['table', 'profile', 'cell', 'row', 'task', 'seed', 'cost', 'state'], ...lines]),
    ...plans.flatMap(({ loaded, omitted }) =>
      omitted.map(({ name, reason }) => `left out: ${loaded.name}, ${loaded.profile}, ${name}: ${reason}`),
    ),
    ...sums,
  ];
}

async function planAll(store: RunStore | undefined, options: TableOptions): Promise<string[]> {
  const loaded = await Promise.all(
    ['small', 'paper'].flatMap((profile) =>
      paperTables.map(async (table) => loadTable(table, { ...options, profile })),
    ),
  );
  const corpus = await readHubDigests(locations(options.runs).data); // both profiles read real data
  try {
    const plans: Plan[] = [];
    for (const experiment of loaded) plans.push(await planTable(experiment, corpus, store, options));
    return plansText(plans);
  } finally {
    corpus.close();
  }
}

async function planOne(name: string, store: RunStore | undefined, options: TableOptions): Promise<string[]> {
  const loaded = await loadTable(name, options);
  const corpus = await readDigests(loaded, options.runs);
  try {
    const plan = await planTable(loaded, corpus, store, options);
    return [...planText(plan), `Run it: ${commandLine('run', name, options)}`];
  } finally {
    corpus.close();
  }
}

/** `im-bert plan`: lists cells, their cost and why each is stale; trains nothing and loads no model. */
export async function planCommand(name: string | undefined, options: PlanOptions): Promise<number> {
  if (name === undefined && options.all !== true)
    throw new UserError({
      where: 'im-bert plan',
      expected: 'a table, such as table1, or --all',
      got: 'neither',
    });
  if (name !== undefined && options.all === true)
    throw new UserError({
      where: 'im-bert plan',
      expected: 'a table or --all',
      got: `both ${name} and --all`,
    });
  const store = await RunStore.read(locations(options.runs).store);
  try {
    const lines = name === undefined ? await planAll(store, options) : await planOne(name, store, options);
    process.stdout.write(`${lines.join('\n')}\n`);
    return 0;
  } finally {
    store?.close();
  }
}
