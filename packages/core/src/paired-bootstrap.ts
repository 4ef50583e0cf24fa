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

/** A test of equivalence: the 90 % interval of the difference, which lies within the margin where p is below 5 %. */
export interface Equivalence extends Interval {
  readonly difference: number;
  /** The larger of the two one-sided p values, that the difference is as large as the margin or larger. */
  readonly p: number;
}

/** Differences of two models on one task, the same examples under every seed. */
export interface TaskDifferences {
  /** `[seed][example]`, e.g. correctness of one model minus that of the other, -1 to 1. */
  readonly seeds: readonly (readonly number[])[];
  /** The group of each example, such as the premise that several share; each example is one of its own if absent. */
  readonly groups?: readonly string[] | undefined;
}

/** A stable interval, and a smallest p value that survives a correction for this many; bounded, for it is drawn each time. */
const resamplesFor = (comparisons: number): number => Math.min(20_000, Math.max(2000, 200 * comparisons));

/** A task as it is drawn from: examples of one group are drawn together. */
interface Drawable {
  /** Number of examples, by group. */
  readonly sizes: Float64Array;
  /** Sum of the differences, by seed and group. */
  readonly sums: readonly Float64Array[];
}

function drawable({ seeds, groups }: TaskDifferences): Drawable {
  const examples = seeds[0]?.length ?? 0;
  if (examples === 0 || seeds.some(({ length }) => length !== examples))
    throw new RangeError('paired bootstrap: expected the same examples, at least one, under every seed.');
  if (groups === undefined)
    return { sizes: new Float64Array(examples).fill(1), sums: seeds.map((seed) => Float64Array.from(seed)) };
  if (groups.length !== examples)
    throw new RangeError(
      `paired bootstrap: expected ${examples} groups, one an example, got ${groups.length}.`,
    );
  const names = [...new Set(groups)];
  const places = new Map(names.map((name, place) => [name, place]));
  const summed = (values: readonly number[]): Float64Array => {
    const sums = new Float64Array(names.length);
    for (const [example, group] of groups.entries()) add(sums, places.get(group) ?? 0, values[example] ?? 0);
    return sums;
  };
  return { sizes: summed(groups.map(() => 1)), sums: seeds.map(summed) };
}

function add(sums: Float64Array, place: number, value: number): void {
  sums[place] = (sums[place] ?? 0) + value;
}

/** The mean over one draw of seeds and of groups; draws differ in size where groups do. */
function resampledMean({ sizes, sums }: Drawable, random: RandomStream): number {
  const seeds = sums.map(() => sums[random.integer(sums.length)] ?? sizes);
  let [sum, examples] = [0, 0];
  for (let draw = 0; draw < sizes.length; draw++) {
    const group = random.integer(sizes.length);
    examples += sizes[group] ?? 0;
    for (const seed of seeds) sum += seed[group] ?? 0;
  }
  return sum / (seeds.length * examples);
}

function draw(tasks: readonly TaskDifferences[], random: RandomStream, resamples: number) {
  const drawables = tasks.map(drawable);
  return {
    difference: mean(tasks.map(({ seeds }) => mean(seeds.map((seed) => mean(seed))))),
    draws: Array.from({ length: resamples }, () =>
      mean(drawables.map((task) => resampledMean(task, random))),
    ),
  };
}

/** A one-sided p value: the share of draws on the far side, with one added to both counts, so that it is never 0. */
const shareOf = (draws: readonly number[], isFar: (draw: number) => boolean): number =>
  (draws.filter(isFar).length + 1) / (draws.length + 1);

/**
 * Paired bootstrap of the mean over tasks of the mean difference: examples, or groups of them, are drawn anew within each
 * task, and so are seeds, so the interval covers both kinds of chance (with few seeds it is still narrow: three say little).
 *
 * The p value doubles the share of resamples on the far side of zero (Efron and Tibshirani 1993).
 * @throws RangeError if a task has no differences, or its seeds or groups have another number of examples
 */
export function pairedBootstrap(
  tasks: readonly TaskDifferences[],
  random: RandomStream,
  { comparisons = 1 }: BootstrapOptions = {},
): PairedDifference {
  const { difference, draws } = draw(tasks, random, resamplesFor(comparisons));
  const tail = Math.min(
    shareOf(draws, (value) => value <= 0),
    shareOf(draws, (value) => value >= 0),
  );
  const simultaneous = percentileInterval(draws, 1 - 0.05 / comparisons);
  return { difference, p: Math.min(1, 2 * tail), simultaneous, ...percentileInterval(draws) };
}

/**
 * Two one-sided tests (Schuirmann 1987) of equivalence, by the same bootstrap as `pairedBootstrap`. That a difference is not
 * significant never shows that there is none; this can.
 * @param margin the smallest difference that would matter, > 0
 * @throws RangeError as `pairedBootstrap` does, and for a margin that is not positive
 */
export function pairedEquivalence(
  tasks: readonly TaskDifferences[],
  margin: number,
  random: RandomStream,
): Equivalence {
  if (!(margin > 0)) throw new RangeError(`equivalence: expected a margin > 0, got ${margin}.`);
  const { difference, draws } = draw(tasks, random, resamplesFor(1));
  const p = Math.max(
    shareOf(draws, (value) => value <= -margin),
    shareOf(draws, (value) => value >= margin),
  );
  return { difference, p, ...percentileInterval(draws, 0.9) };
}
