import { readFile } from 'node:fs/promises';
import {
  adjustInFamily,
  balancedAccuracy,
  holm,
  mcNemarExact,
  pairedBootstrap,
  pairedEquivalence,
  percentileInterval,
  randomStream,
  wilsonInterval,
} from '@im-bert/core';
import { z } from 'zod';

const numbers = z.array(z.number());
/** Made by tools/parity/statistics_reference.py. */
const schema = z.object({
  mcnemar: z.array(z.object({ onlyFirst: z.number(), onlySecond: z.number(), p: z.number() })),
  holm: z.array(z.object({ p: numbers, adjusted: numbers })),
  bonferroni: z.array(z.object({ p: numbers, size: z.number(), adjusted: numbers })),
  wilson: z.array(
    z.object({ successes: z.number(), n: z.number(), interval: z.tuple([z.number(), z.number()]) }),
  ),
  percentile: z.object({ values: numbers, low: z.number(), high: z.number() }),
  equivalence: z.array(
    z.object({
      ...{ differences: numbers, margin: z.number() },
      ...{ p: z.number(), low: z.number(), high: z.number() },
    }),
  ),
  clustered: z.array(
    z.object({
      ...{ differences: numbers, groups: z.array(z.string()) },
      ...{ error: z.number(), errorOfExamples: z.number() },
    }),
  ),
  balanced: z.array(z.object({ labels: numbers, predictions: numbers, score: z.number() })),
});
const reference = schema.parse(
  JSON.parse(await readFile(new URL('./fixtures/statistics.json', import.meta.url), 'utf8')),
);
const random = () => randomStream(1, 'reference');

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [index, value] of found.entries()) expect(value).toBeCloseTo(expected[index] ?? NaN, 10);
}

test("McNemar's exact p is statsmodels'", () => {
  for (const { onlyFirst, onlySecond, p } of reference.mcnemar)
    expect(mcNemarExact(onlyFirst, onlySecond)).toBeCloseTo(p, 10);
});

test("Holm's adjustment of a whole family, and Bonferroni's of a part, are statsmodels'", () => {
  for (const { p, adjusted } of reference.holm) {
    expectClose(holm(p), adjusted);
    expectClose(adjustInFamily(p, p.length), adjusted);
  }
  for (const { p, size, adjusted } of reference.bonferroni) expectClose(adjustInFamily(p, size), adjusted);
  expect(() => adjustInFamily([0.1, 0.2], 1)).toThrow('family of 1 comparisons: got 2');
});

test("Wilson's interval is statsmodels', percentiles are numpy's", () => {
  for (const { successes, n, interval } of reference.wilson) {
    const { low, high } = wilsonInterval(successes, n);
    expectClose([low, high], interval);
  }
  const { values, ...expected } = reference.percentile;
  const { low, high } = percentileInterval(values);
  expectClose([low, high], [expected.low, expected.high]);
});

test("equivalence by bootstrap agrees with statsmodels' two one-sided t tests", () => {
  for (const { differences, margin, ...expected } of reference.equivalence) {
    const found = pairedEquivalence([{ seeds: [differences] }], margin, random());
    // two standard errors of a share of 2,000 draws
    expect(Math.abs(found.p - expected.p)).toBeLessThan(
      2 * Math.sqrt((expected.p * (1 - expected.p)) / 2000) + 0.005,
    );
    expect(Math.abs(found.low - expected.low)).toBeLessThan(0.003);
    expect(Math.abs(found.high - expected.high)).toBeLessThan(0.003);
  }
  expect(reference.equivalence.map(({ p }) => p < 0.05)).toContain(true);
  expect(reference.equivalence.map(({ p }) => p < 0.05)).toContain(false);
});

test("a bootstrap over groups has statsmodels' cluster-robust error, and one over examples is too narrow", () => {
  const errorOf = (seeds: readonly (readonly number[])[], groups?: readonly string[]): number => {
    const { low, high } = pairedBootstrap([{ seeds, groups }], random());
    return (high - low) / (2 * 1.96);
  };
  for (const { differences, groups, error, errorOfExamples } of reference.clustered) {
    expect(errorOf([differences], groups) / error).toBeCloseTo(1, 1);
    expect(errorOf([differences]) / errorOfExamples).toBeCloseTo(1, 1);
    expect(error / errorOfExamples).toBeGreaterThan(1.1);
  }
  expect(() => errorOf([[1, 0]], ['a'])).toThrow('expected 2 groups');
});

test("balanced accuracy is scikit-learn's", () => {
  for (const { labels, predictions, score } of reference.balanced)
    expect(balancedAccuracy(predictions, labels)).toBeCloseTo(score, 10);
});
