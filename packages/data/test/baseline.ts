import type { Example } from '@im-bert/data';

/** What a linear model sees: the words of each text, and pairs of a word of the first and one of the second. */
function featuresOf({ texts: [first, second = ''] }: Example): string[] {
  const [left, right] = [first.split(' '), second.split(' ')];
  const pairs = left.flatMap((a) => right.map((b) => `${a}×${b}`));
  return [...left.map((word) => `1 ${word}`), ...right.map((word) => `2 ${word}`), ...pairs];
}

/** An averaged perceptron over words and word pairs: the check that a corpus can be learnt. */
export function trainBaseline(examples: readonly Example[], labels: number): (example: Example) => number {
  const weights = new Map<string, number[]>();
  const scores = (features: readonly string[]): number[] => {
    const sums = Array<number>(labels).fill(0);
    for (const feature of features)
      weights.get(feature)?.forEach((weight, label) => (sums[label] = (sums[label] ?? 0) + weight));
    return sums;
  };
  const best = (values: readonly number[]): number => values.indexOf(Math.max(...values));
  const shift = (feature: string, label: number, by: number): void => {
    const row = weights.get(feature) ?? Array<number>(labels).fill(0);
    row[label] = (row[label] ?? 0) + by;
    weights.set(feature, row);
  };
  const prepared = examples.map((example) => ({ features: featuresOf(example), label: example.label }));
  for (let epoch = 0; epoch < 3; epoch++) {
    for (const { features, label } of prepared) {
      const guess = best(scores(features));
      if (guess === label) continue;
      for (const feature of features) {
        shift(feature, label, 1);
        shift(feature, guess, -1);
      }
    }
  }
  return (example) => best(scores(featuresOf(example)));
}
