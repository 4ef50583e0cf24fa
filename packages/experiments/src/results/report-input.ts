import type { Task } from '@im-bert/data';
import type {
  AttackedRun,
  Cell,
  CellOutcome,
  DataSet,
  DataSetKind,
  Drift,
  ReportInput,
  ResidualTrajectory,
  TableRow,
} from '@im-bert/report';
import { z } from 'zod';
import type { AttackEvaluation } from '../experiment/schema.ts';
import type { Plan } from '../plan/plan.ts';
import type { ResolvedRow } from '../plan/resolve-rows.ts';
import { type RunRow, type Split, splits } from '../store/rows.ts';
import type { RunStore } from '../store/run-store.ts';
import { modelCost } from './model-cost.ts';
import { settingNotes } from './setting-notes.ts';

/** The commands that a report names. */
export interface ReportCommands {
  /** Makes this report, and fills cells that are missing. */
  readonly run: string;
}

const predictionRow = z.object({
  cell: z.string(),
  split: z.enum(splits),
  labels: z.array(z.number()),
  predicted: z.array(z.number()),
  levels: z.array(z.string().nullable()),
});
type PredictionRow = z.infer<typeof predictionRow>;

const residualRow = z.object({
  cell: z.string(),
  layer: z.number(),
  residuals: z.array(z.number().nullable()),
});

/** The plan's cells as the queries below take them; another table may have run them. */
function cellsOf({ cells }: Plan): [string] {
  return [cells.map(({ id }) => id).join(',')];
}

/** The predictions of a table's cells, one row a cell and split, examples in the order of their ids. */
const predictionQuery = `
  select cell, split, list(label order by example) as labels, list(predicted order by example) as predicted,
    list(level order by example) as levels
  from predictions
  where cell in (select unnest(string_split(?, ',')))
  group by cell, split order by cell, split desc`;

const residualQuery = `
  select cell, layer, list(relative order by iteration) as residuals
  from residuals
  where split = 'clean' and cell in (select unnest(string_split(?, ',')))
  group by cell, layer order by cell, layer`;

const driftRow = z.object({
  cell: z.string(),
  layer: z.number(),
  relative: z.number().nullable(),
  examples: z.number(),
});

const driftQuery = `
  select cell, layer, relative, examples from drift
  where cell in (select unnest(string_split(?, ',')))
  order by cell, layer`;

const attackedRow = z.object({
  cell: z.string(),
  status: z.enum(['success', 'failed', 'skipped']),
  queries: z.number(),
  changed_words: z.number(),
  words: z.number(),
});

const attackedQuery = `
  select cell, status, queries, changed_words, words from attacked
  where cell in (select unnest(string_split(?, ',')))
  order by cell, example`;

/** The attacks as their papers call them. */
const titles: Readonly<Record<AttackEvaluation['recipe']['name'], string>> = {
  textfooler: 'TextFooler',
  deepwordbug: 'DeepWordBug',
  textbugger: 'TextBugger',
  pwws: 'PWWS',
  checklist: 'CheckList',
  stresstest: 'StressTest',
};

function tableRow(row: ResolvedRow): TableRow {
  const { name, spec, note } = row;
  const notes = [spec.note, note].filter((text) => text !== undefined);
  return {
    name,
    ...(spec.group === undefined ? {} : { group: spec.group }),
    ...(spec.paper === undefined ? {} : { paper: spec.paper }),
    ...(spec.paperTest === undefined ? {} : { paperTest: spec.paperTest }),
    ...(spec.baseline === undefined ? {} : { baseline: spec.baseline }),
    cost: modelCost(row),
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  };
}

function factsOf({ facts }: RunRow): { readonly heldOut?: boolean; readonly parameters?: number } {
  return JSON.parse(facts ?? '{}') as { readonly heldOut?: boolean; readonly parameters?: number };
}

/** What a split is in the report: the texts of an attack of our own take AdvGLUE's place. */
type KindOf = (split: Split) => DataSetKind | undefined;

function kindsOf({ loaded }: Plan): KindOf {
  const isAttacked = loaded.experiment.attack !== undefined;
  const adversarial = isAttacked ? 'attacked' : 'adversarial';
  const kinds: Partial<Record<Split, DataSetKind>> = {
    clean: 'clean',
    [adversarial]: 'adversarial',
    ...(isAttacked ? {} : { test: 'test' }),
  };
  return (split) => kinds[split];
}

function outcomeOf(
  run: RunRow | undefined,
  rows: readonly PredictionRow[],
  kindOf: KindOf,
  command: string,
): CellOutcome {
  if (run?.status === 'done') {
    const { parameters } = factsOf(run);
    const predictions = rows.flatMap((row) => {
      const kind = kindOf(row.split);
      return kind === undefined ? [] : [[kind, row.predicted] as const];
    });
    return {
      status: 'done',
      predictions: Object.fromEntries(predictions),
      ...(parameters === undefined ? {} : { parameters }),
    };
  }
  if (run?.status === 'failed') return { status: 'failed', reason: run.error ?? 'no reason recorded' };
  return { status: 'missing', command };
}

function dataSetNote(kind: DataSetKind, run: RunRow): string | undefined {
  return kind === 'clean' && factsOf(run).heldOut === true
    ? 'clean examples are held-out rows of the training file: the hub has no validation split here'
    : undefined;
}

function dataSet(task: Task, kind: DataSetKind, row: PredictionRow, run: RunRow): DataSet {
  const note = dataSetNote(kind, run);
  const levels = row.levels.filter((level) => level !== null);
  return {
    task,
    kind,
    labels: row.labels,
    ...(kind !== 'clean' && levels.length === row.labels.length ? { levels } : {}),
    ...(note === undefined ? {} : { note }),
  };
}

/** One data set for each task and split, taken from the first cell that has it: all cells of a table share them. */
function dataSetsOf(
  plan: Plan,
  runs: ReadonlyMap<string, RunRow>,
  predictions: ReadonlyMap<string, readonly PredictionRow[]>,
  kindOf: KindOf,
): DataSet[] {
  const sets = new Map<string, DataSet>();
  for (const { id, task } of plan.cells) {
    const run = runs.get(id);
    if (run?.status !== 'done') continue;
    for (const row of predictions.get(id) ?? []) {
      const kind = kindOf(row.split);
      if (kind === undefined || sets.has(`${task}/${kind}`)) continue;
      sets.set(`${task}/${kind}`, dataSet(task, kind, row, run));
    }
  }
  return [...sets.values()];
}

function grouped<Row extends { readonly cell: string }>(
  rows: readonly Row[],
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row.cell, [...(groups.get(row.cell) ?? []), row]);
  return groups;
}

async function trajectoriesOf(plan: Plan, store: RunStore): Promise<ResidualTrajectory[]> {
  const rows = grouped(await store.query(residualRow, residualQuery, cellsOf(plan)));
  return plan.cells.flatMap((cell) =>
    (rows.get(cell.id) ?? []).map(({ layer, residuals }) => ({
      row: cell.row,
      task: cell.task,
      seed: cell.seed,
      layer,
      residuals: residuals.map((value) => value ?? NaN),
    })),
  );
}

async function driftsOf(plan: Plan, store: RunStore): Promise<Drift[]> {
  const rows = grouped(await store.query(driftRow, driftQuery, cellsOf(plan)));
  return plan.cells.flatMap((cell) =>
    (rows.get(cell.id) ?? []).map(({ layer, relative, examples }) => ({
      ...{ row: cell.row, task: cell.task, seed: cell.seed },
      ...{ layer, relative: relative ?? NaN, examples },
    })),
  );
}

async function attackOf(plan: Plan, store: RunStore): Promise<Pick<ReportInput, 'attack'>> {
  const { experiment } = plan.loaded;
  if (experiment.attack === undefined) return {};
  const { recipe } = experiment.attack;
  const variant = 'variant' in recipe ? ` (${recipe.variant})` : '';
  const rows = grouped(await store.query(attackedRow, attackedQuery, cellsOf(plan)));
  const runs = plan.cells.flatMap(({ id, row, task, seed }): AttackedRun[] => {
    const examples = (rows.get(id) ?? []).map(({ status, queries, changed_words, words }) => ({
      ...{ status, queries, changedWords: changed_words, words },
    }));
    return examples.length === 0 ? [] : [{ row, task, seed, examples }];
  });
  return { attack: { name: `${titles[recipe.name]}${variant}`, runs } };
}

function provenanceOf(plan: Plan, runs: readonly RunRow[], command: string): ReportInput['provenance'] {
  const done = runs.filter(({ status }) => status === 'done');
  const last = done.at(-1);
  const distinct = (values: readonly (string | null)[]): string =>
    [...new Set(values.map((value) => value ?? 'unknown'))].join(', ');
  return {
    command,
    profile: plan.loaded.profile,
    date: (last?.finished ?? last?.started ?? new Date()).toISOString().slice(0, 10),
    seconds: done.reduce((sum, run) => sum + (run.seconds ?? 0), 0),
    machine: distinct(done.map(({ machine }) => machine)),
    commit: distinct(done.map(({ commit_id }) => commit_id)),
    versions: JSON.parse(last?.versions ?? '{}') as Record<string, string>,
    notes: settingNotes(plan),
  };
}

/** Gathers what a report shows: the plan's layout, and by SQL what the store holds of its cells. */
export async function reportInput(
  plan: Plan,
  store: RunStore,
  commands: ReportCommands,
): Promise<ReportInput> {
  const { name, experiment } = plan.loaded;
  const wanted = [...new Set(plan.cells.map(({ id }) => id))];
  const runs = await store.runs(wanted);
  const byCell = new Map(runs.map((run) => [run.cell, run]));
  const predictions = grouped(await store.query(predictionRow, predictionQuery, cellsOf(plan)));
  const kindOf = kindsOf(plan);
  const cells: Cell[] = plan.cells.map(({ id, row, task, seed }) => ({
    row,
    task,
    seed,
    outcome: outcomeOf(byCell.get(id), predictions.get(id) ?? [], kindOf, commands.run),
  }));
  return {
    table: {
      id: name,
      title: experiment.title,
      columns: experiment.tasks,
      layout: experiment.layout,
      rows: plan.rows.map(tableRow),
      ...(experiment.baseline === undefined ? {} : { baseline: experiment.baseline }),
      published: experiment.published,
    },
    dataSets: dataSetsOf(plan, byCell, predictions, kindOf),
    cells,
    trajectories: await trajectoriesOf(plan, store),
    // drift is measured on AdvGLUE's pairs, not on the attack's
    ...(experiment.attack === undefined ? { drifts: await driftsOf(plan, store) } : {}),
    ...(await attackOf(plan, store)),
    provenance: provenanceOf(plan, runs, commands.run),
    synthetic: experiment.data.source === 'embedded',
  };
}
