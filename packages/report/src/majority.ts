import { accuracy } from '@im-bert/core';
import type { DataSet } from './input.ts';

/** The best answer that never looks at the text: the test set's most frequent label (the lowest of several). */
export interface Majority {
  readonly label: number;
  /** Its label, once for each example. */
  readonly predictions: readonly number[];
  readonly accuracy: number;
}

/** The majority baseline of a test set, which has at least one example. */
export function majorityOf({ labels }: DataSet): Majority {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [[label] = [0]] = [...counts].sort(([a, many], [b, more]) => more - many || a - b);
  const predictions = labels.map(() => label);
  return { label, predictions, accuracy: accuracy(predictions, labels) };
}
