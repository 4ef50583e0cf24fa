import {
  adjustInFamily,
  type Equivalence,
  mcNemarExact,
  pairedBootstrap,
  type PairedDifference,
  pairedEquivalence,
  randomStream,
  type TaskDifferences,
  withNoise,
} from '@im-bert/core';
import { counted, listed, taskLabels, taskOrMean } from './format.ts';
import type { AdversarialSet, ComparisonFamily, DataSetKind, TableRow, TableTask } from './input.ts';
import type { Results } from './results.ts';
import { noiseOf } from './rounding-noise.ts';

/** How many of the baseline's answers differ in a row, over the seeds that both have. */
interface Discordance {
  /** Wrong in the baseline, right in the row. */
  readonly gained: number;
  /** Right in the baseline, wrong in the row. */
  readonly lost: number;
}

/** A row tested against the baseline on one task, or on the mean of the table's tasks, of one adversarial set. */
export interface Comparison extends PairedDifference, Discordance {
  readonly row: TableRow;
  readonly baseline: TableRow;
  readonly task: TableTask | 'mean';
  readonly set: AdversarialSet;
  /** `p`, adjusted over the family. */
  readonly adjusted: number;
  readonly family: ComparisonFamily & { readonly size: number };
  readonly test: 'McNemar' | 'bootstrap';
  /** Seeds that both rows finished. */
  readonly seeds: number;
  /** The same on the clean sets, where both have them under common seeds: are the two as good? */
  readonly clean: (Equivalence & Discordance) | undefined;
}

/** Whether a comparison holds at the 5 % level, all of its family considered. */
export const isSignificant = ({ adjusted }: Pick<Comparison, 'adjusted'>): boolean => adjusted < 0.05;

/** The margin of equivalence, in points. */
export const cleanMarginOf = ({ input }: Results): number => input.table.cleanMargin ?? 1;

/** The row that a row is compared with; undefined if there is none or it is the row itself. */
function baselineOf({ input }: Results, row: TableRow): TableRow | undefined {
  const name = row.baseline ?? input.table.baseline;
  return name === row.name ? undefined : input.table.rows.find((other) => other.name === name);
}

/** What a comparison is about: `SST-2`, `the mean of the tasks, test set`. */
export function subjectOf({ task, set }: Pick<Comparison, 'task' | 'set'>): string {
  return `${taskOrMean(task)}${set === 'test' ? ', test set' : ''}`;
}

/** The same in a table's cell: `mean of tasks, test set`. */
export function subjectInTable({ task, set }: Pick<Comparison, 'task' | 'set'>): string {
  return `${task === 'mean' ? 'mean of tasks' : taskLabels[task]}${set === 'test' ? ', test set' : ''}`;
}

/** The rows that others are compared with, listed. */
export function baselineNames(comparisons: readonly Comparison[]): string {
  return listed([...new Set(comparisons.map(({ baseline }) => baseline.name))]);
}

/** How the family's p values were adjusted, in a few words. */
export function familyExplained(comparisons: readonly Comparison[]): string {
  const [first] = comparisons;
  if (first === undefined) return '';
  const { name, size } = first.family;
  const all = `${name}: ${counted(size, 'paired comparison')}`;
  return size === comparisons.length
    ? `${all}, Holm's adjustment`
    : `${all}, ${comparisons.length} of them here, so each p times ${size}`;
}

/** Correctness of the row minus that of the baseline, by common seed and example. */
function differences(
  results: Results,
  row: TableRow,
  baseline: TableRow,
  task: TableTask,
  kind: DataSetKind,
): TaskDifferences {
  const { labels = [], groups } = results.dataSet(task, kind) ?? {};
  const others = results.group(baseline, task).done[kind];
  const seeds = results.group(row, task).done[kind].flatMap(({ seed, predictions }) => {
    const other = others.find((result) => result.seed === seed);
    if (other === undefined) return [];
    return [
      labels.map(
        (label, index) => Number(predictions[index] === label) - Number(other.predictions[index] === label),
      ),
    ];
  });
  return { seeds, groups };
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
  return single.length > 1 ? [...single, mean] : single;
}

const isMeasured = (tasks: readonly TaskDifferences[]): boolean =>
  tasks.every(({ seeds }) => seeds.length > 0);

/**
 * Every row against its baseline, on each task's adversarial examples and on their mean, dev and test set apart, paired by
 * example and seed.
 * One seed of examples without groups is tested by McNemar's exact test; the others by a bootstrap over examples (or their
 * groups) and seeds.
 */
export function comparisonsOf(results: Results): readonly Comparison[] {
  const { input } = results;
  const sets = adversarialSets.filter(
    (set) => set === 'adversarial' || input.dataSets.some(({ kind }) => kind === 'test'),
  );
  const planned = input.table.rows.flatMap((row) => {
    const baseline = baselineOf(results, row);
    return baseline === undefined ? [] : sets.flatMap((set) => pairsOf(results, row, baseline, set));
  });
  // A comparison that is planned counts before it is run: else the verdict on the others would change when it is.
  const { name = 'this table', size = 0 } = input.table.family ?? {};
  const family = { name, size: Math.max(size, planned.length) };
  const pairs = planned.filter(({ adversarial }) => isMeasured(adversarial));
  const tested = pairs.map((pair) => ({ pair, ...testOf(pair, family.size) }));
  const adjusted = adjustInFamily(
    tested.map(({ difference }) => difference.p),
    family.size,
  );
  return tested.map(({ pair, difference, test }, index) => ({
    ...{ row: pair.row, baseline: pair.baseline, task: pair.task, set: pair.set },
    ...differenceWithNoise(difference, pair),
    ...discordanceOf(pair.adversarial),
    test,
    adjusted: adjusted[index] ?? 1,
    family,
    seeds: Math.min(...pair.adversarial.map(({ seeds }) => seeds.length)),
    clean: cleanOf(pair, cleanMarginOf(results) / 100),
  }));
}

/** Not by the row's name: the same cells have the same p under another name in another table. */
function randomFor({ task, set }: Pair, what: string) {
  return randomStream(0, `${what} on ${task}${set === 'test' ? ', test' : ''}`);
}

function testOf(pair: Pair, comparisons: number): { difference: PairedDifference; test: Comparison['test'] } {
  const difference = pairedBootstrap(pair.adversarial, randomFor(pair, 'comparison'), { comparisons });
  const [first] = pair.adversarial;
  if (pair.task === 'mean' || first === undefined || first.groups !== undefined || first.seeds.length > 1)
    return { difference, test: 'bootstrap' };
  const { gained, lost } = discordanceOf(pair.adversarial);
  return { difference: { ...difference, p: mcNemarExact(gained, lost) }, test: 'McNemar' };
}

/** Its intervals contain the noise of both rows' arithmetic where it was measured; p is left as it is. */
function differenceWithNoise(difference: PairedDifference, pair: Pair): PairedDifference {
  const { row, baseline, set, adversarial } = pair;
  const scores = adversarial.reduce((sum, { seeds }) => sum + 1 / seeds.length, 0) / adversarial.length ** 2;
  const noise = Math.hypot(noiseOf(row, set), noiseOf(baseline, set)) * Math.sqrt(scores);
  const { low, high, simultaneous } = difference;
  const wider = high > low ? (simultaneous.high - simultaneous.low) / (high - low) : 1;
  return {
    ...difference,
    ...withNoise(difference, difference.difference, noise),
    simultaneous: withNoise(simultaneous, difference.difference, noise * wider),
  };
}

function cleanOf(pair: Pair, margin: number): Comparison['clean'] {
  if (!isMeasured(pair.clean)) return undefined;
  return {
    ...pairedEquivalence(pair.clean, margin, randomFor(pair, 'equivalence')),
    ...discordanceOf(pair.clean),
  };
}

function discordanceOf(tasks: readonly TaskDifferences[]): Discordance {
  const all = tasks.flatMap(({ seeds }) => seeds.flat());
  return {
    gained: all.filter((value) => value > 0).length,
    lost: all.filter((value) => value < 0).length,
  };
}
