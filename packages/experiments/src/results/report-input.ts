import type { AdvGlueTask } from '@im-bert/core';
import type {
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
import type { Plan } from '../plan/plan.ts';
import type { ResolvedRow } from '../plan/resolve-rows.ts';
import type { RunRow } from '../store/rows.ts';
import type { RunStore } from '../store/run-store.ts';
import { settingNotes } from './setting-notes.ts';

/** The commands that a report names. */
export interface ReportCommands {
  /** Makes this report, and fills cells that are missing. */
  readonly run: string;
}

const predictionRow = z.object({
  cell: z.string(),
  split: z.enum(['clean', 'adversarial']),
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

/** The predictions of the cells in a table's slots, one row a cell and split, examples in the order of their ids. */
const predictionQuery = `
  select cell, split, list(label order by example) as labels, list(predicted order by example) as predicted,
    list(level order by example) as levels
  from predictions
  where cell in (select cell from slots where experiment = ? and profile = ?)
  group by cell, split order by cell, split desc`;

const residualQuery = `
  select cell, layer, list(relative order by iteration) as residuals
  from residuals
  where split = 'clean' and cell in (select cell from slots where experiment = ? and profile = ?)
  group by cell, layer order by cell, layer`;

const driftRow = z.object({
  cell: z.string(),
  layer: z.number(),
  relative: z.number().nullable(),
  examples: z.number(),
});

const driftQuery = `
  select cell, layer, relative, examples from drift
  where cell in (select cell from slots where experiment = ? and profile = ?)
  order by cell, layer`;

function tableRow({ name, spec, note }: ResolvedRow): TableRow {
  const notes = [spec.note, note].filter((text) => text !== undefined);
  return {
    name,
    ...(spec.group === undefined ? {} : { group: spec.group }),
    ...(spec.paper === undefined ? {} : { paper: spec.paper }),
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  };
}

function outcomeOf(run: RunRow | undefined, rows: readonly PredictionRow[], command: string): CellOutcome {
  if (run?.status === 'done')
    return { status: 'done', predictions: Object.fromEntries(rows.map((row) => [row.split, row.predicted])) };
  if (run?.status === 'failed') return { status: 'failed', reason: run.error ?? 'no reason recorded' };
  return { status: 'missing', command };
}

function dataSetNote(kind: DataSetKind, run: RunRow): string | undefined {
  const facts = JSON.parse(run.facts ?? '{}') as { readonly heldOut?: boolean };
  return kind === 'clean' && facts.heldOut === true
    ? 'clean examples are held-out rows of the training file: the hub has no validation split here'
    : undefined;
}

function dataSet(task: AdvGlueTask, row: PredictionRow, run: RunRow): DataSet {
  const note = dataSetNote(row.split, run);
  const levels = row.levels.filter((level) => level !== null);
  return {
    task,
    kind: row.split,
    labels: row.labels,
    ...(row.split === 'adversarial' && levels.length === row.labels.length ? { levels } : {}),
    ...(note === undefined ? {} : { note }),
  };
}

/** One data set for each task and split, taken from the first cell that has it: all cells of a table share them. */
function dataSetsOf(
  plan: Plan,
  runs: ReadonlyMap<string, RunRow>,
  predictions: ReadonlyMap<string, readonly PredictionRow[]>,
): DataSet[] {
  const sets = new Map<string, DataSet>();
  for (const { id, task } of plan.cells) {
    const run = runs.get(id);
    if (run?.status !== 'done') continue;
    for (const row of predictions.get(id) ?? [])
      if (!sets.has(`${task}/${row.split}`)) sets.set(`${task}/${row.split}`, dataSet(task, row, run));
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
  const { name, profile } = plan.loaded;
  const rows = grouped(await store.query(residualRow, residualQuery, [name, profile]));
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
  const { name, profile } = plan.loaded;
  const rows = grouped(await store.query(driftRow, driftQuery, [name, profile]));
  return plan.cells.flatMap((cell) =>
    (rows.get(cell.id) ?? []).map(({ layer, relative, examples }) => ({
      ...{ row: cell.row, task: cell.task, seed: cell.seed },
      ...{ layer, relative: relative ?? NaN, examples },
    })),
  );
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
  const { name, profile, experiment } = plan.loaded;
  const wanted = [...new Set(plan.cells.map(({ id }) => id))];
  const runs = await store.runs(wanted);
  const byCell = new Map(runs.map((run) => [run.cell, run]));
  const predictions = grouped(await store.query(predictionRow, predictionQuery, [name, profile]));
  const cells: Cell[] = plan.cells.map(({ id, row, task, seed }) => ({
    row,
    task,
    seed,
    outcome: outcomeOf(byCell.get(id), predictions.get(id) ?? [], commands.run),
  }));
  return {
    table: {
      id: name,
      title: experiment.title,
      columns: experiment.tasks,
      rows: plan.rows.map(tableRow),
      ...(experiment.baseline === undefined ? {} : { baseline: experiment.baseline }),
      published: experiment.published,
    },
    dataSets: dataSetsOf(plan, byCell, predictions),
    cells,
    trajectories: await trajectoriesOf(plan, store),
    drifts: await driftsOf(plan, store),
    provenance: provenanceOf(plan, runs, commands.run),
    synthetic: experiment.data.source === 'embedded',
  };
}
