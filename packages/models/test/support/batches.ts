import { floatTensor, type FloatTensor, intTensor, type IntTensor } from '@im-bert/core';
import type { EncoderInputs } from '@im-bert/models';

/** One-hot labels [B, C]. */
export function oneHot(labels: readonly number[], classes: number): FloatTensor {
  const values = labels.flatMap((label) =>
    Array.from({ length: classes }, (_, index) => (index === label ? 1 : 0)),
  );
  return floatTensor(Float32Array.from(values), [labels.length, classes]);
}

/** A batch from rows of ids; shorter rows are padded. */
export function batchOf(
  rows: readonly (readonly number[])[],
  { padId, length }: { padId: number; length?: number },
): EncoderInputs {
  const width = length ?? Math.max(...rows.map((row) => row.length));
  const shape = [rows.length, width];
  const cell = <T>(pick: (row: readonly number[], column: number) => T): T[] =>
    rows.flatMap((row) => Array.from({ length: width }, (_, column) => pick(row, column)));
  const ints = (values: number[]): IntTensor => intTensor(Int32Array.from(values), shape);
  return {
    ids: ints(cell((row, column) => row[column] ?? padId)),
    typeIds: ints(cell(() => 0)),
    mask: floatTensor(Float32Array.from(cell((row, column) => (column < row.length ? 1 : 0))), shape),
  };
}

/** Largest difference between two tables of the same shape. */
export function largestDifference(
  a: readonly (readonly number[])[],
  b: readonly (readonly number[])[],
): number {
  const flat = b.flat();
  return Math.max(...a.flat().map((value, index) => Math.abs(value - (flat[index] ?? NaN))));
}
