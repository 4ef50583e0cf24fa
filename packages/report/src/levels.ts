import { mean } from '@im-bert/core';
import type { DataSet } from './input.ts';

/** The known levels in the paper's order, any others after them. */
const levelOrder = ['word', 'sentence', 'human'];

/** The levels that sets have, in the paper's order. */
export function levelsOf(sets: readonly DataSet[]): readonly string[] {
  const found = [...new Set(sets.flatMap(({ levels = [] }) => levels))];
  const place = (level: string): number =>
    levelOrder.includes(level) ? levelOrder.indexOf(level) : levelOrder.length;
  return found.sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

/** Places of the examples of one level; of all examples for `undefined`. */
export function placesOf(set: DataSet, level: string | undefined): readonly number[] {
  return set.labels.flatMap((_, index) =>
    level === undefined || set.levels?.[index] === level ? [index] : [],
  );
}

/** Accuracy on the examples at those places, of which there is at least one. */
export const share = (set: DataSet, predictions: readonly number[], places: readonly number[]): number =>
  mean(places.map((place) => Number(predictions[place] === set.labels[place])));
