import { basename } from 'node:path';
import type { Task } from '@im-bert/data';
import { amplifiesRounding } from '@im-bert/models';
import type {
  Cell,
  CellOutcome,
  DataSet,
  DataSetKind,
  ReportInput,
  RoundingNoise,
  TableRow,
} from '@im-bert/report';
import { measurements, type RowOf } from '../measurements/measurements.ts';
import type { Plan, PlannedCell } from '../plan/plan.ts';
import type { ResolvedRow } from '../plan/resolve-rows.ts';
import { groupBy } from '../store/group-by.ts';
import type { ModelRow } from '../store/rows.ts';
import type { RunStore } from '../store/run-store.ts';
import { factsOf, failureOf, incidents } from './incidents.ts';
import {
  attackOf,
  driftsOf,
  pairsOf,
  roundingOf,
  rowsOf,
  spectraOf,
  summariesOf,
  trajectoriesOf,
} from './measurements.ts';
import { modelCost } from './model-cost.ts';
import { settingNotes } from './setting-notes.ts';

/** The commands that a report names. */
export interface ReportCommands {
  /** Makes this report, and fills cells that are missing. */
  readonly run: string;
}

function tableRow(row: ResolvedRow, noise: ReadonlyMap<string, RoundingNoise>): TableRow {
  const { name, spec, note } = row;
  const notes = [spec.note, note].filter((text) => text !== undefined);
  return {
    name,
    ...(spec.group === undefined ? {} : { group: spec.group }),
    ...(spec.paper === undefined ? {} : { paper: spec.paper }),
    ...(spec.paperTest === undefined ? {} : { paperTest: spec.paperTest }),
    ...(spec.baseline === undefined ? {} : { baseline: spec.baseline }),
    cost: modelCost(row),
    ...(amplifiesRounding(row.connection) ? { amplifiesRounding: noise.get(name) ?? {} } : {}),
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  };
}

/** What a model said of one of the report's sets, examples in the order of their ids. */
interface Answered {
  readonly kind: DataSetKind;
  readonly labels: readonly number[];
  readonly predicted: readonly number[];
  readonly levels: readonly (string | null)[];
}

function answered(
  kind: DataSetKind,
  rows: readonly (Pick<RowOf<'predictions'>, 'example' | 'label' | 'predicted'> & {
    readonly level?: string | null;
  })[],
): Answered {
  const ordered = rows.toSorted((a, b) => (a.example < b.example ? -1 : 1));
  return {
    kind,
    labels: ordered.map(({ label }) => label),
    predicted: ordered.map(({ predicted }) => predicted),
    levels: ordered.map(({ level = null }) => level),
  };
}

/** What every cell's model said, by cell: the texts of an attack of our own take AdvGLUE's place. */
async function answersByCell(
  plan: Plan,
  predictions: Awaited<ReturnType<typeof rowsOf<(typeof measurements.predictions)['row']['shape']>>>,
  store: RunStore,
): Promise<{
  readonly byCell: ReadonlyMap<string, readonly Answered[]>;
  readonly attack: Pick<ReportInput, 'attack'>;
}> {
  const isAttacked = plan.loaded.experiment.attack !== undefined;
  const kinds: readonly DataSetKind[] = isAttacked ? ['clean'] : ['clean', 'adversarial', 'test'];
  const byCell = new Map<string, readonly Answered[]>();
  for (const { cell, rows } of predictions) {
    const bySplit = groupBy(rows, ({ split }) => split);
    const answers = kinds.flatMap((kind) => {
      const own = bySplit.get(kind) ?? [];
      return own.length === 0 ? [] : [answered(kind, own)];
    });
    byCell.set(cell.id, answers);
  }
  const attacked = isAttacked ? await rowsOf(measurements.attack, plan, store) : [];
  for (const { cell, rows } of attacked)
    byCell.set(cell.id, [...(byCell.get(cell.id) ?? []), answered('adversarial', rows)]);
  return { byCell, attack: attackOf(plan, attacked) };
}

function outcomeOf(
  model: ModelRow | undefined,
  answers: readonly Answered[],
  failure: string | undefined,
  command: string,
): CellOutcome {
  if (model?.status === 'done' && answers.length > 0) {
    const { parameters } = factsOf(model);
    return {
      status: 'done',
      predictions: Object.fromEntries(answers.map(({ kind, predicted }) => [kind, predicted])),
      ...(parameters === undefined ? {} : { parameters }),
    };
  }
  return failure === undefined ? { status: 'missing', command } : { status: 'failed', reason: failure };
}

function dataSet(task: Task, answers: Answered, model: ModelRow): DataSet {
  const { kind, labels } = answers;
  const levels = answers.levels.filter((level) => level !== null);
  const note =
    kind === 'clean' && factsOf(model).heldOut === true
      ? 'clean examples are held-out rows of the training file: the hub has no validation split here'
      : undefined;
  return {
    task,
    kind,
    labels,
    ...(kind !== 'clean' && levels.length === labels.length ? { levels } : {}),
    ...(note === undefined ? {} : { note }),
  };
}

/** One data set for each task and split, taken from the first cell that has it: all cells of a table share them. */
function dataSetsOf(
  cells: readonly PlannedCell[],
  models: ReadonlyMap<string, ModelRow>,
  byCell: ReadonlyMap<string, readonly Answered[]>,
): DataSet[] {
  const sets = new Map<string, DataSet>();
  for (const { id, model: trained, task } of cells) {
    const model = models.get(trained);
    if (model?.status !== 'done') continue;
    for (const answers of byCell.get(id) ?? []) {
      const key = `${task}/${answers.kind}`;
      if (!sets.has(key)) sets.set(key, dataSet(task, answers, model));
    }
  }
  return [...sets.values()];
}

function provenanceOf(
  plan: Plan,
  models: readonly ModelRow[],
  measuredSeconds: number,
  command: string,
): ReportInput['provenance'] {
  const done = models.filter(({ status }) => status === 'done');
  const last = done.at(-1);
  const distinct = (values: readonly (string | null)[]): string =>
    [...new Set(values.map((value) => value ?? 'unknown'))].join(', ');
  return {
    command,
    profile: plan.loaded.profile,
    date: (last?.finished ?? last?.started ?? new Date()).toISOString().slice(0, 10),
    seconds: done.reduce((sum, { seconds }) => sum + (seconds ?? 0), measuredSeconds),
    machine: distinct(done.map(({ machine }) => machine)),
    commit: distinct(done.map(({ commit_id }) => commit_id)),
    versions: JSON.parse(last?.versions ?? '{}') as Record<string, string>,
    notes: settingNotes(plan),
  };
}

/** Gathers what a report shows: the plan's layout, and what the store holds of its cells. */
export async function reportInput(
  plan: Plan,
  store: RunStore,
  commands: ReportCommands,
): Promise<ReportInput> {
  const { name, experiment } = plan.loaded;
  const wanted = new Set(plan.cells.map(({ model }) => model));
  const models = (await store.models()).filter(({ model }) => wanted.has(model));
  const measured = (await store.measured()).filter(({ model }) => wanted.has(model));
  const byModel = new Map(models.map((model) => [model.model, model]));
  const predictions = await rowsOf(measurements.predictions, plan, store);
  const { byCell, attack } = await answersByCell(plan, predictions, store);
  const cells: Cell[] = plan.cells.map((cell) => ({
    row: cell.row,
    task: cell.task,
    seed: cell.seed,
    outcome: outcomeOf(
      byModel.get(cell.model),
      byCell.get(cell.id) ?? [],
      failureOf(cell, byModel.get(cell.model), measured),
      commands.run,
    ),
  }));
  const noise = await roundingOf(plan, store);
  const seconds = measured.reduce((sum, one) => sum + one.seconds, 0);
  const provenance = provenanceOf(plan, models, seconds, commands.run);
  return {
    table: {
      id: basename(name), // names the pictures beside the report
      title: experiment.title,
      columns: experiment.tasks,
      layout: experiment.layout,
      rows: plan.rows.map((row) => tableRow(row, noise)),
      ...(experiment.baseline === undefined ? {} : { baseline: experiment.baseline }),
      ...(experiment.comparisons === undefined ? {} : { family: experiment.comparisons }),
      cleanMargin: experiment.cleanMargin,
      published: experiment.published,
    },
    dataSets: dataSetsOf(plan.cells, byModel, byCell),
    cells,
    trajectories: await trajectoriesOf(plan, store),
    spectra: await spectraOf(plan, store),
    // these two are of AdvGLUE's pairs, not of the attack's
    ...(experiment.attack === undefined
      ? { drifts: await driftsOf(plan, store), pairs: pairsOf(predictions) }
      : {}),
    ...attack,
    measured: await summariesOf(plan, store),
    provenance: { ...provenance, notes: [...provenance.notes, ...incidents(plan, byModel, measured)] },
    synthetic: experiment.data.source === 'embedded',
  };
}
