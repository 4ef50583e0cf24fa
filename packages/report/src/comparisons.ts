import {
  holm,
  mcNemarExact,
  mean,
  pairedBootstrap,
  type PairedDifference,
  randomStream,
  type TaskDifferences,
} from '@im-bert/core';
import { listed, taskOrMean } from './format.ts';
import type { AdversarialSet, DataSetKind, TableRow, TableTask } from './input.ts';
import type { Results } from './results.ts';

/** A row tested against the baseline on one task, or on the mean of the table's tasks, of one adversarial set. */
export interface Comparison extends PairedDifference {
  readonly row: TableRow;
  readonly baseline: TableRow;
  readonly task: TableTask | 'mean';
  readonly set: AdversarialSet;
  /** Holm's adjustment of `p` over all comparisons of the report. */
  readonly adjusted: number;
  readonly test: 'McNemar' | 'bootstrap';
  /** Seeds that both rows finished. */
  readonly seeds: number;
  /** Difference of the clean accuracies, where both have them under those seeds. */
  readonly cleanDifference: number | undefined;
}

/** The row that a row is compared with; undefined if there is none or it is the row itself. */
function baselineOf({ input }: Results, row: TableRow): TableRow | undefined {
  const name = row.baseline ?? input.table.baseline;
  return name === row.name ? undefined : input.table.rows.find((other) => other.name === name);
}

/** What a comparison is about: `SST-2`, `the mean of the tasks, test set`. */
export function subjectOf({ task, set }: Pick<Comparison, 'task' | 'set'>): string {
  return `${taskOrMean(task)}${set === 'test' ? ', test set' : ''}`;
}

/** The rows that others are compared with, listed. */
export function baselineNames(comparisons: readonly Comparison[]): string {
  return listed([...new Set(comparisons.map(({ baseline }) => baseline.name))]);
}

/** Correctness of the row minus that of the baseline, by common seed and example. */
function differences(
  results: Results,
  row: TableRow,
  baseline: TableRow,
  task: TableTask,
  kind: DataSetKind,
): TaskDifferences {
  const labels = results.dataSet(task, kind)?.labels ?? [];
  const others = results.group(baseline, task).done[kind];
  return results.group(row, task).done[kind].flatMap(({ seed, predictions }) => {
    const other = others.find((result) => result.seed === seed);
    if (other === undefined) return [];
    return [
      labels.map(
        (label, index) => Number(predictions[index] === label) - Number(other.predictions[index] === label),
      ),
    ];
  });
}

const adversarialSets = ['adversarial', 'test'] as const satisfies readonly AdversarialSet[];

interface Pair {
  readonly row: TableRow;
  readonly baseline: TableRow;
  readonly task: TableTask | 'mean';
  readonly set: AdversarialSet;
  readonly adversarial: readonly TaskDifferences[];
  readonly clean: readonly TaskDifferences[];
}

function pairsOf(results: Results, row: TableRow, baseline: TableRow, set: AdversarialSet): readonly Pair[] {
  const single = results.input.table.columns.map((task): Pair => {
    const of = (kind: DataSetKind): TaskDifferences => differences(results, row, baseline, task, kind);
    return { row, baseline, task, set, adversarial: [of(set)], clean: [of('clean')] };
  });
  const mean: Pair = {
    row,
    baseline,
    task: 'mean',
    set,
    adversarial: single.flatMap(({ adversarial }) => adversarial),
    clean: single.flatMap(({ clean }) => clean),
  };
  return (single.length > 1 ? [...single, mean] : single).filter(({ adversarial }) =>
    adversarial.every((seeds) => seeds.length > 0),
  );
}

/**
 * Every row against its baseline, on each task's adversarial examples and on their mean, dev and test set apart, paired by
 * example and seed.
 * One seed is tested by McNemar's exact test; several, and means, by a bootstrap over examples and seeds.
 */
export function comparisonsOf(results: Results): readonly Comparison[] {
  const pairs = results.input.table.rows.flatMap((row) => {
    const baseline = baselineOf(results, row);
    if (baseline === undefined) return [];
    return adversarialSets.flatMap((set) => pairsOf(results, row, baseline, set));
  });
  const tested = pairs.map((pair) => ({ pair, ...testOf(pair, pairs.length) }));
  const adjusted = holm(tested.map(({ difference }) => difference.p));
  return tested.map(({ pair, difference, test }, index) => ({
    row: pair.row,
    baseline: pair.baseline,
    task: pair.task,
    set: pair.set,
    ...difference,
    test,
    adjusted: adjusted[index] ?? 1,
    seeds: Math.min(...pair.adversarial.map((seeds) => seeds.length)),
    cleanDifference: meanDifference(pair.clean),
  }));
}

function testOf(pair: Pair, comparisons: number): { difference: PairedDifference; test: Comparison['test'] } {
  const set = pair.set === 'test' ? ', test' : '';
  const random = randomStream(0, `comparison of ${pair.row.name} on ${pair.task}${set}`);
  const difference = pairedBootstrap(pair.adversarial, random, { comparisons });
  const [seeds = []] = pair.adversarial;
  const [only] = seeds;
  if (pair.task === 'mean' || only === undefined || seeds.length > 1)
    return { difference, test: 'bootstrap' };
  const better = only.filter((value) => value > 0).length;
  const worse = only.filter((value) => value < 0).length;
  return { difference: { ...difference, p: mcNemarExact(better, worse) }, test: 'McNemar' };
}

function meanDifference(tasks: readonly TaskDifferences[]): number | undefined {
  if (tasks.some((seeds) => seeds.length === 0)) return undefined;
  return mean(tasks.map((seeds) => mean(seeds.map((seed) => mean(seed)))));
}
