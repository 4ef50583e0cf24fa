import { mean as arithmeticMean, sampleStandardDeviation } from 'simple-statistics';

/** An interval of shares or differences. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Arithmetic mean. @throws Error if there are no values */
export function mean(values: readonly number[]): number {
  return arithmeticMean([...values]);
}

/** Sample standard deviation (divisor n - 1); undefined for fewer than two values, where there is none. */
export function sampleDeviation(values: readonly number[]): number | undefined {
  return values.length < 2 ? undefined : sampleStandardDeviation([...values]);
}

/** The normal distribution's 97.5 % point. */
const z = 1.959963984540054;

/**
 * Wilson's 95 % score interval of a share (Wilson 1927): never leaves [0, 1] and keeps a width at 0 and 1.
 * @param successes from 0 to n; need not be whole, such as a mean over seeds
 * @param n number of trials, > 0
 * @throws RangeError if n is not positive or the successes are not within 0 and n
 */
export function wilsonInterval(successes: number, n: number): Interval {
  if (!(n > 0) || !(successes >= 0 && successes <= n))
    throw new RangeError(
      `Wilson interval: expected 0 to n successes of n > 0 trials, got ${successes} of ${n}.`,
    );
  const share = successes / n;
  const centre = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * Exact two-sided McNemar test (a binomial test of the discordant pairs at one half).
 * @param onlyFirst examples that only the first model gets right
 * @param onlySecond examples that only the second model gets right
 * @returns p value; 1 when no pair is discordant
 */
export function mcNemarExact(onlyFirst: number, onlySecond: number): number {
  const discordant = onlyFirst + onlySecond;
  let logTerm = -discordant * Math.LN2; // of the outcome 0
  let tail = 0;
  for (let k = 0; k <= Math.min(onlyFirst, onlySecond); k++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log(discordant - k) - Math.log(k + 1);
  }
  return Math.min(1, 2 * tail);
}

/**
 * Holm's step-down adjustment: comparing the result with alpha keeps the family-wise error at alpha.
 * @returns adjusted p values in the given order
 */
export function holm(pValues: readonly number[]): number[] {
  const ascending = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  for (const [rank, { p, index }] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, p * (pValues.length - rank)));
    adjusted[index] = largest;
  }
  return adjusted;
}

/**
 * Adjusts the p values that are at hand of a family of `size` comparisons. Holm's adjustment where all of them are; else
 * each is multiplied by the size (Bonferroni), as it does not depend on the ones that are elsewhere.
 * @throws RangeError if there are more p values than the family has
 */
export function adjustInFamily(pValues: readonly number[], size: number): number[] {
  if (pValues.length > size)
    throw new RangeError(`family of ${size} comparisons: got ${pValues.length} p values of it.`);
  return pValues.length === size ? holm(pValues) : pValues.map((p) => Math.min(1, p * size));
}

/**
 * An interval that contains a further, independent source of chance, such as the noise of the arithmetic: half-widths add as
 * the roots of squares do.
 * @param centre the estimate that the interval is about
 * @param deviation standard deviation of the further source, in the interval's units
 */
export function withNoise({ low, high }: Interval, centre: number, deviation: number): Interval {
  const half = z * deviation;
  return { low: centre - Math.hypot(centre - low, half), high: centre + Math.hypot(high - centre, half) };
}

/**
 * Share `level` of the middle of a sample, by linear interpolation between order statistics.
 * @throws RangeError if there are no values
 */
export function percentileInterval(values: readonly number[], level = 0.95): Interval {
  if (values.length === 0)
    throw new RangeError('percentile interval: expected at least one value, got none.');
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const [below = 0, above = below] = sorted.subarray(Math.floor(place), Math.floor(place) + 2);
    return below + (above - below) * (place - Math.floor(place));
  };
  return { low: at((1 - level) / 2), high: at((1 + level) / 2) };
}
