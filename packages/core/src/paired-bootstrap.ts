import { mean, percentileInterval, type Interval } from './statistics.ts';
import type { RandomStream } from './random.ts';

/** A paired difference with its own 95 % interval (`low` to `high`) and two-sided p value. */
export interface PairedDifference extends Interval {
  readonly difference: number;
  readonly p: number;
  /** Bonferroni's interval: those of all `comparisons` together cover the truth with 95 %. */
  readonly simultaneous: Interval;
}

/** How a bootstrap is drawn. */
export interface BootstrapOptions {
  /** How many differences are looked at together; 1 unless given. */
  readonly comparisons?: number;
}

/** Enough for a stable interval, and for the smallest p value to survive a correction for this many comparisons. */
const resamplesFor = (comparisons: number): number => Math.max(2000, 200 * comparisons);

/** Differences of two models on one task: `[seed][example]`, the same examples under every seed. */
export type TaskDifferences = readonly (readonly number[])[];

function resampledMean(task: TaskDifferences, random: RandomStream): number {
  const seeds = task.map(() => task[random.integer(task.length)] ?? []);
  const examples = task[0]?.length ?? 0;
  let sum = 0;
  for (let draw = 0; draw < examples; draw++) {
    const example = random.integer(examples);
    for (const seed of seeds) sum += seed[example] ?? 0;
  }
  return sum / (seeds.length * examples);
}

/**
 * Paired bootstrap of the mean over tasks of the mean difference: examples are drawn anew within each task, and so are
 * seeds, so the interval covers both kinds of chance (with few seeds it is still narrow: three seeds say little).
 *
 * The p value doubles the share of resamples on the far side of zero (Efron and Tibshirani 1993), with one added to
 * both counts, so it is never 0.
 * @param tasks one entry for each task, e.g. correctness of one model minus that of the other, -1 to 1
 * @throws RangeError if a task has no differences or its seeds have other numbers of examples
 */
export function pairedBootstrap(
  tasks: readonly TaskDifferences[],
  random: RandomStream,
  { comparisons = 1 }: BootstrapOptions = {},
): PairedDifference {
  for (const task of tasks)
    if (task.some((seed) => seed.length === 0 || seed.length !== task[0]?.length) || task.length === 0)
      throw new RangeError('paired bootstrap: expected the same examples, at least one, under every seed.');
  const difference = mean(tasks.map((task) => mean(task.map((seed) => mean(seed)))));
  const resamples = resamplesFor(comparisons);
  const draws = Array.from({ length: resamples }, () =>
    mean(tasks.map((task) => resampledMean(task, random))),
  );
  const below = draws.filter((draw) => draw <= 0).length;
  const above = draws.filter((draw) => draw >= 0).length;
  const p = Math.min(1, (2 * (Math.min(below, above) + 1)) / (resamples + 1));
  const simultaneous = percentileInterval(draws, 1 - 0.05 / comparisons);
  return { difference, p, simultaneous, ...percentileInterval(draws) };
}
