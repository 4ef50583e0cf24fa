import { type AverageKind, meanOf, rowAverage } from '../averages.ts';
import { nothing, overSeeds, percent, printedOr } from '../format.ts';
import type { DataSet, DataSetKind, TableRow } from '../input.ts';
import { levelsOf, placesOf, share } from '../levels.ts';
import { majorityOf } from '../majority.ts';
import type { PublishedNumber } from '../paper/lookup.ts';
import type { Results } from '../results.ts';
import { setName } from '../set-names.ts';
import type { LayoutContext } from './layout.ts';
import type { Measure } from './measure.ts';
import { significance } from './significance.ts';

function setsOf({ input, dataSet }: Results, kind: DataSetKind): readonly DataSet[] {
  return input.table.columns.flatMap((task) => dataSet(task, kind) ?? []);
}

function counted(counts: readonly number[]): string {
  return counts.length === 0
    ? nothing
    : counts.reduce((sum, count) => sum + count, 0).toLocaleString('en-US');
}

/** `37.8 ± 1.4`, as the paper prints it. */
function published(number: PublishedNumber | undefined): string {
  if (number === undefined) return nothing;
  const { value, deviation } = number;
  return deviation === undefined ? printedOr(value) : `${printedOr(value)} ± ${printedOr(deviation)}`;
}

function spreadOver(values: readonly number[]): string {
  return values.length === 0 ? nothing : overSeeds(values);
}

/** Accuracy on one kind of test set; over several tasks their plain mean. */
export function accuracyMeasure({ results }: LayoutContext, kind: DataSetKind): Measure {
  const { columns } = results.input.table;
  const average: AverageKind = meanOf(columns);
  const sets = setsOf(results, kind);
  const [only] = columns;
  return {
    label: `${setName(results, kind)}, %`,
    examples: counted(sets.map(({ labels }) => labels.length)),
    majority: sets.length < columns.length ? nothing : percent(majorityMean(sets, undefined)),
    ours: (row) => {
      const value = rowAverage(results, row, kind, average);
      return value.kind === 'values' ? overSeeds(value.values) : nothing;
    },
    ...(kind === 'adversarial' && columns.length === 1 && only !== undefined
      ? {
          paper: ({ levels, scores }) =>
            levels === undefined ? printedOr(scores[only]) : published(levels['all']),
        }
      : {}),
  };
}

/** Whether the row differs from its baseline on the adversarial sets. */
export function significanceMeasure(context: LayoutContext): Measure {
  const { columns } = context.results.input.table;
  const [only = 'sst2'] = columns;
  const task = columns.length > 1 ? 'mean' : only;
  return { label: 'difference, points, p (adjusted)', ours: (row) => significance(context, row, task).text };
}

function majorityMean(sets: readonly DataSet[], level: string | undefined): number {
  const shares = sets.map((set) => share(set, majorityOf(set).predictions, placesOf(set, level)));
  return shares.reduce((sum, value) => sum + value, 0) / shares.length;
}

/** The level's accuracy by seed: the mean over the tasks that have examples of it. */
function levelValues(results: Results, row: TableRow, level: string): readonly number[] {
  const tasks = leveled(results, level).map((set) => ({
    set,
    seeds: results.group(row, set.task).done.adversarial,
  }));
  const [first] = tasks;
  return (first?.seeds ?? []).flatMap(({ seed }) => {
    const shares = tasks.flatMap(({ set, seeds }) => {
      const result = seeds.find((other) => other.seed === seed);
      return result === undefined ? [] : [share(set, result.predictions, placesOf(set, level))];
    });
    return shares.length < tasks.length
      ? []
      : [shares.reduce((sum, value) => sum + value, 0) / shares.length];
  });
}

function leveled(results: Results, level: string): readonly DataSet[] {
  return setsOf(results, 'adversarial').filter((set) => placesOf(set, level).length > 0);
}

/** The levels of attack that the adversarial sets have, in the paper's order; the paper's three where none ran. */
export function shownLevels(results: Results): readonly string[] {
  const found = levelsOf(setsOf(results, 'adversarial'));
  return found.length === 0 ? ['word', 'sentence', 'human'] : found;
}

/** Accuracy on the examples of one level. */
export function levelMeasure({ results }: LayoutContext, level: string): Measure {
  const sets = leveled(results, level);
  return {
    label: `${level}, %`,
    examples: counted(sets.map((set) => placesOf(set, level).length)),
    majority: sets.length === 0 ? nothing : percent(majorityMean(sets, level)),
    ours: (row) => spreadOver(levelValues(results, row, level)),
    paper: ({ levels }) => published(levels?.[level]),
  };
}

/** The plain mean of the levels, which is what Table 4's average is. */
export function levelMeanMeasure({ results }: LayoutContext): Measure {
  const levels = shownLevels(results);
  return {
    label: 'mean of levels, %',
    ours: (row) => {
      const values = levels.map((level) => levelValues(results, row, level));
      const count = Math.min(...values.map(({ length }) => length));
      const means = Array.from(
        { length: count },
        (_, seed) => values.reduce((sum, one) => sum + (one[seed] ?? 0), 0) / levels.length,
      );
      return spreadOver(means);
    },
    paper: ({ average }) => printedOr(average),
  };
}
