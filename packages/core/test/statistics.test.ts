import {
  adjustInFamily,
  holm,
  mcNemarExact,
  mean,
  pairedBootstrap,
  pairedEquivalence,
  percentileInterval,
  randomStream,
  sampleDeviation,
  wilsonInterval,
  withNoise,
} from '@im-bert/core';

test('the deviation divides by n - 1, and one value has none', () => {
  expect(mean([2, 4, 4, 4, 5, 5, 7, 9])).toBe(5);
  expect(sampleDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
  expect(sampleDeviation([1, 3])).toBeCloseTo(Math.SQRT2, 12);
  expect(sampleDeviation([3])).toBeUndefined();
});

test("Wilson's interval gives the published values", () => {
  // Newcombe 1998, Statistics in Medicine 17:857, Table I, method 3.
  const published = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const;
  for (const [successes, n, low, high] of published) {
    expect(wilsonInterval(successes, n).low).toBeCloseTo(low, 4);
    expect(wilsonInterval(successes, n).high).toBeCloseTo(high, 4);
  }
});

test.each([
  [0, 0],
  [1, 0],
  [1, -1],
  [-1, 5],
  [6, 5],
  [NaN, 5],
])('no Wilson interval of %d successes in %d trials', (successes, n) => {
  expect(() => wilsonInterval(successes, n)).toThrow(`got ${successes} of ${n}`);
});

test('no percentile interval of no values', () => {
  expect(() => percentileInterval([])).toThrow('expected at least one value, got none');
});

test("McNemar's exact p is the two-sided binomial", () => {
  expect(mcNemarExact(1, 9)).toBeCloseTo((2 * (1 + 10)) / 2 ** 10, 12);
  expect(mcNemarExact(5, 15)).toBeCloseTo(0.04138946533203125, 12);
  expect(mcNemarExact(0, 0)).toBe(1);
  expect(mcNemarExact(7, 7)).toBe(1);
  expect(mcNemarExact(900, 1100)).toBeCloseTo(8.5e-6, 6);
});

test("Holm's adjusted values step down and keep the order given", () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});

test('a percentile interval interpolates between order statistics', () => {
  expect(percentileInterval([4, 1, 3, 2, 5], 0.5)).toEqual({ low: 2, high: 4 });
  expect(percentileInterval([1, 2], 0.5)).toEqual({ low: 1.25, high: 1.75 });
});

describe('the paired bootstrap', () => {
  const random = (): ReturnType<typeof randomStream> => randomStream(1, 'bootstrap');

  test('of one seed has the standard error of the mean difference', () => {
    const differences = Array.from({ length: 400 }, (_, index) => [1, -1, 0, 0][index % 4] ?? 0);
    const { low, high, difference, p } = pairedBootstrap([{ seeds: [differences] }], random());
    expect(difference).toBe(0);
    expect(high - low).toBeCloseTo(2 * 1.96 * Math.sqrt(0.5 / 400), 1);
    expect(p).toBeGreaterThan(0.8);
  });

  test('finds a clear difference and gives models that agree p = 1', () => {
    const clear = Array.from({ length: 100 }, (_, index) => (index < 40 ? 1 : 0));
    expect(pairedBootstrap([{ seeds: [clear] }], random()).p).toBeCloseTo(2 / 2001, 6);
    const equal = { difference: 0, low: 0, high: 0, p: 1 };
    expect(pairedBootstrap([{ seeds: [new Array<number>(50).fill(0)] }], random())).toMatchObject(equal);
  });

  test('is wider when the seeds disagree', () => {
    const seed = (share: number): number[] =>
      Array.from({ length: 100 }, (_, index) => (index < share ? 1 : 0));
    const agreeing = pairedBootstrap([{ seeds: [seed(20), seed(20), seed(20)] }], random());
    const disagreeing = pairedBootstrap([{ seeds: [seed(0), seed(20), seed(40)] }], random());
    expect(disagreeing.difference).toBeCloseTo(agreeing.difference, 12);
    expect(disagreeing.high - disagreeing.low).toBeGreaterThan(1.5 * (agreeing.high - agreeing.low));
  });

  test('widens the simultaneous interval with the number of comparisons, and leaves the single one', () => {
    const differences = [Array.from({ length: 90 }, (_, index) => (index % 3) - 1)];
    const one = pairedBootstrap([{ seeds: differences }], random());
    const twenty = pairedBootstrap([{ seeds: differences }], random(), { comparisons: 20 });
    expect(one.simultaneous).toEqual({ low: one.low, high: one.high });
    expect(twenty.high - twenty.low).toBeCloseTo(one.high - one.low, 1);
    // Normal quantiles: 3.02 / 1.96 = 1.54.
    const ratio = (twenty.simultaneous.high - twenty.simultaneous.low) / (twenty.high - twenty.low);
    expect(ratio).toBeGreaterThan(1.35);
    expect(ratio).toBeLessThan(1.75);
  });

  test('weighs tasks equally, whatever their size', () => {
    const { difference } = pairedBootstrap([{ seeds: [[1, 1]] }, { seeds: [[0, 0, 0, 0, 0, 0]] }], random());
    expect(difference).toBe(0.5);
  });

  test('refuses seeds with other examples', () => {
    expect(() => pairedBootstrap([{ seeds: [[1, 0], [1]] }], random())).toThrow('the same examples');
  });
});

test('the 95 % interval of the bootstrap covers the truth about 95 times in 100', () => {
  const data = randomStream(4, 'coverage');
  const covered = Array.from({ length: 100 }, () => {
    const differences = Array.from({ length: 80 }, () => Math.floor(data.uniform() * 3) - 1);
    const { low, high } = pairedBootstrap([{ seeds: [differences] }], data);
    return low <= 0 && high >= 0;
  }).filter(Boolean).length;
  expect(covered).toBeGreaterThan(87);
  expect(covered).toBeLessThan(100);
});

describe('equivalence', () => {
  const random = (): ReturnType<typeof randomStream> => randomStream(1, 'equivalence');
  const agreeing = new Array<number>(2000).fill(0).map((_, index) => (index % 100 === 0 ? 1 : 0));

  test('is shown by many examples within the margin, and not by few', () => {
    expect(pairedEquivalence([{ seeds: [agreeing] }], 0.02, random()).p).toBeLessThan(0.001);
    const few = [1, -1, 1, -1, 0, 0, 0, 0, 0, 0];
    const { difference, p } = pairedEquivalence([{ seeds: [few] }], 0.02, random());
    expect(difference).toBe(0);
    expect(p).toBeGreaterThan(0.3);
  });

  test('holds for a difference to either side, and for no margin of zero', () => {
    const lost = agreeing.map((value) => -value);
    expect(pairedEquivalence([{ seeds: [lost] }], 0.02, random()).p).toBeLessThan(0.001);
    expect(pairedEquivalence([{ seeds: [lost] }], 0.008, random()).p).toBeGreaterThan(0.5);
    expect(() => pairedEquivalence([{ seeds: [lost] }], 0, random())).toThrow('margin > 0');
  });
});

test('an interval that contains a further source of noise is wider by the root of squares, about its centre', () => {
  const { low, high } = withNoise({ low: 0.4, high: 0.7 }, 0.5, 0.2 / 1.959963984540054);
  expect(low).toBeCloseTo(0.5 - Math.hypot(0.1, 0.2), 12);
  expect(high).toBeCloseTo(0.5 + Math.hypot(0.2, 0.2), 12);
  expect(withNoise({ low: 0.4, high: 0.7 }, 0.5, 0)).toEqual({ low: 0.4, high: 0.7 });
});

test('p values of a whole family are adjusted as Holm does, those of a part of it by the size of the family', () => {
  expect(adjustInFamily([0.01, 0.04], 2)).toEqual([0.02, 0.04]);
  expect(adjustInFamily([0.01, 0.5], 4)).toEqual([0.04, 1]);
  expect(() => adjustInFamily([0.1, 0.2, 0.3], 2)).toThrow(RangeError);
});
