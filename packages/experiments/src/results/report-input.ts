import type { Task } from '@im-bert/data';
import type { Cell, CellOutcome, DataSet, DataSetKind, ReportInput, TableRow } from '@im-bert/report';
import { z } from 'zod';
import type { Plan } from '../plan/plan.ts';
import type { ResolvedRow } from '../plan/resolve-rows.ts';
import { type RunRow, type Split, splits } from '../store/rows.ts';
import type { RunStore } from '../store/run-store.ts';
import { attackOf, cellsOf, driftsOf, grouped, pairsOf, spectraOf, trajectoriesOf } from './measurements.ts';
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

/** The predictions of a table's cells, one row a cell and split, examples in the order of their ids. */
const predictionQuery = `
  select cell, split, list(label order by example) as labels, list(predicted order by example) as predicted,
    list(level order by example) as levels
  from predictions
  where cell in (select unnest(string_split(?, ',')))
  group by cell, split order by cell, split desc`;

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
      ...(experiment.comparisons === undefined ? {} : { family: experiment.comparisons }),
      cleanMargin: experiment.cleanMargin,
      published: experiment.published,
    },
    dataSets: dataSetsOf(plan, byCell, predictions, kindOf),
    cells,
    trajectories: await trajectoriesOf(plan, store),
    spectra: await spectraOf(plan, store),
    // these two are of AdvGLUE's pairs, not of the attack's
    ...(experiment.attack === undefined
      ? { drifts: await driftsOf(plan, store), pairs: await pairsOf(plan, store) }
      : {}),
    ...(await attackOf(plan, store)),
    provenance: provenanceOf(plan, runs, commands.run),
    synthetic: experiment.data.source === 'embedded',
  };
}
