import { euclideanNorm, type FloatTensor } from '@im-bert/core';

/**
 * How far apart two inputs' states are at the first position, where the classifier reads: ||b - a|| / ||a||.
 * @param originals states of the original texts, h_0 to h_N, [B, L, D] each
 * @param changed states of the changed texts, in the same order of rows; lengths may differ
 * @returns by layer, h_0 first, then by row
 */
export function relativeDrift(
  originals: readonly FloatTensor[],
  changed: readonly FloatTensor[],
): readonly (readonly number[])[] {
  return originals.map((original, layer) => {
    const other = changed[layer];
    if (other === undefined)
      throw new RangeError(`drift: expected ${originals.length} states of each, got ${layer}.`);
    const [rows = 0] = original.shape;
    return Array.from({ length: rows }, (_, row) => {
      const [a, b] = [firstState(original, row), firstState(other, row)];
      return distance(a, b) / euclideanNorm(a);
    });
  });
}

function firstState({ data, shape }: FloatTensor, row: number): Float32Array {
  const [, length = 0, width = 0] = shape;
  return data.subarray(row * length * width, row * length * width + width);
}

function distance(a: Float32Array, b: Float32Array): number {
  return euclideanNorm(a.map((value, at) => value - (b[at] ?? NaN)));
}
