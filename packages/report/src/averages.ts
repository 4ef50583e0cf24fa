import {
  accuracy,
  advGlueTasks,
  advGlueTaskScore,
  type Interval,
  mean,
  officialAdvGlueScore,
  percentileInterval,
  randomStream,
} from '@im-bert/core';
import { listed, taskLabels } from './format.ts';
import type { DataSet, DataSetKind, TableRow, TableTask } from './input.ts';
import type { Results, SeedResult } from './results.ts';
import { noiseOf, shareWithNoise } from './rounding-noise.ts';

/** One number over tasks, or the tasks that stand in the way. */
type TaskAverage =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'incomplete'; readonly missing: readonly TableTask[] };
type TaskNumbers = Readonly<Partial<Record<TableTask, number>>>;

/** A way of turning a row's tasks into one number. */
export interface AverageKind {
  readonly label: string;
  /** How many scores it is the mean of. */
  readonly parts: number;
  readonly taskScore: (task: TableTask, predictions: readonly number[], labels: readonly number[]) => number;
  readonly over: (numbers: TaskNumbers) => TaskAverage;
}

/** The plain mean of the tasks' accuracies. */
export function meanOf(columns: readonly TableTask[]): AverageKind {
  const all = columns.length === advGlueTasks.length;
  return {
    label: all ? 'Mean of 6' : `Mean of these ${columns.length}`,
    parts: columns.length,
    taskScore: (_task, predictions, labels) => accuracy(predictions, labels),
    over: (numbers) => {
      const missing = columns.filter((task) => numbers[task] === undefined);
      if (missing.length > 0) return { kind: 'incomplete', missing };
      return { kind: 'value', value: mean(columns.map((task) => numbers[task] ?? 0)) };
    },
  };
}

const official: AverageKind = {
  label: 'Official score (5)',
  parts: 5,
  taskScore: (task, predictions, labels) =>
    task === 'imdb' ? accuracy(predictions, labels) : advGlueTaskScore(task, predictions, labels),
  over: officialAdvGlueScore,
};

/** Tasks that the official score needs and the table lacks. */
function tasksMissingForOfficial(columns: readonly TableTask[]): readonly TableTask[] {
  return advGlueTasks.filter((task) => !columns.includes(task));
}

/** The averages that a table of these columns can have; one column has none. */
export function averageKinds(columns: readonly TableTask[]): readonly AverageKind[] {
  if (columns.length < 2) return [];
  return tasksMissingForOfficial(columns).length === 0 ? [meanOf(columns), official] : [meanOf(columns)];
}

/** A sentence on what the averages are, or why one is absent. */
export function averagesExplained(columns: readonly TableTask[]): string {
  const missing = tasksMissingForOfficial(columns).map((task) => taskLabels[task]);
  if (missing.length === 0)
    return (
      '*Mean of 6* is the plain mean of the six accuracies, as the paper prints for its own rows. *Official score (5)* is ' +
      "AdvGLUE's own: five tasks, MNLI the mean of m and mm, QQP the mean of accuracy and F1. The paper's Avg. column mixes the two, and without QQP's F1 its other rows have no official score."
    );
  const shown =
    columns.length < 2
      ? 'With one task there is no average.'
      : `*Mean of these ${columns.length}* is the plain mean of the accuracies shown, for the paper's rows too.`;
  return (
    `${shown} Neither the plain six-task mean nor the official five-task AdvGLUE score can be given: ` +
    `${listed(missing)} ${missing.length === 1 ? 'is' : 'are'} not in this table.`
  );
}

/** A row's average: one value for each seed that finished every task, or the tasks that stand in the way. */
export type RowAverage =
  | { readonly kind: 'values'; readonly values: readonly number[]; readonly seeds: readonly number[] }
  | { readonly kind: 'incomplete'; readonly missing: readonly TableTask[] };

interface ScoredTask {
  readonly task: TableTask;
  readonly dataSet: DataSet;
  readonly seeds: ReadonlyMap<number, SeedResult>;
}

function scoredTasks(results: Results, row: TableRow, kind: DataSetKind): readonly ScoredTask[] {
  return results.input.table.columns.flatMap((task) => {
    const dataSet = results.dataSet(task, kind);
    const done = results.group(row, task).done[kind];
    if (dataSet === undefined || done.length === 0) return [];
    return [{ task, dataSet, seeds: new Map(done.map((result) => [result.seed, result])) }];
  });
}

/** Seeds that finished every one of the tasks. */
function commonSeeds(tasks: readonly ScoredTask[]): readonly number[] {
  const [first, ...others] = tasks;
  return [...(first?.seeds.keys() ?? [])].filter((seed) => others.every(({ seeds }) => seeds.has(seed)));
}

/** One row's average on the clean or the adversarial sets, seed by seed. */
export function rowAverage(
  results: Results,
  row: TableRow,
  kind: DataSetKind,
  average: AverageKind,
): RowAverage {
  const tasks = scoredTasks(results, row, kind);
  const missing = results.input.table.columns.filter((task) => !tasks.some((scored) => scored.task === task));
  if (missing.length > 0) return { kind: 'incomplete', missing };
  const seeds = commonSeeds(tasks);
  const values = seeds.flatMap((seed) => valueOf(average, tasks, seed));
  return values.length === 0 ? { kind: 'incomplete', missing: [] } : { kind: 'values', values, seeds };
}

function valueOf(average: AverageKind, tasks: readonly ScoredTask[], seed: number): readonly number[] {
  const scores = tasks.map(({ task, dataSet, seeds }) => [
    task,
    average.taskScore(task, seeds.get(seed)?.predictions ?? [], dataSet.labels),
  ]);
  const result = average.over(Object.fromEntries(scores) as TaskNumbers);
  return result.kind === 'value' ? [result.value] : [];
}

const resamples = 1000;

/**
 * 95 % percentile bootstrap over the examples of every task, the seeds' values averaged in each resample; it contains the noise
 * of the arithmetic where that was measured, independent from task to task and from seed to seed.
 */
export function averageInterval(
  results: Results,
  row: TableRow,
  kind: DataSetKind,
  average: AverageKind,
): Interval | undefined {
  const tasks = scoredTasks(results, row, kind);
  const seeds = commonSeeds(tasks);
  if (tasks.length < results.input.table.columns.length || seeds.length === 0) return undefined;
  const random = randomStream(0, `average interval of ${row.name}, ${average.label}`);
  const draw = (): number => {
    const drawn = tasks.map((scored): ScoredTask => {
      const places = scored.dataSet.labels.map(() => random.integer(scored.dataSet.labels.length));
      return resampled(scored, places);
    });
    return mean(seeds.flatMap((seed) => valueOf(average, drawn, seed)));
  };
  const interval = percentileInterval(Array.from({ length: resamples }, draw));
  const noise = noiseOf(row, kind) / Math.sqrt(average.parts * seeds.length);
  return shareWithNoise(interval, mean(seeds.flatMap((seed) => valueOf(average, tasks, seed))), noise);
}

function resampled({ task, dataSet, seeds }: ScoredTask, places: readonly number[]): ScoredTask {
  const pick = (values: readonly number[]): number[] => places.map((place) => values[place] ?? 0);
  const drawn = [...seeds].map(
    ([seed, result]) => [seed, { ...result, predictions: pick(result.predictions) }] as const,
  );
  return { task, dataSet: { ...dataSet, labels: pick(dataSet.labels) }, seeds: new Map(drawn) };
}
