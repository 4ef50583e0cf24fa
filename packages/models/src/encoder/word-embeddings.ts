import { type FloatTensor, floatTensor, type IntTensor } from '@im-bert/core';

/**
 * Rows of the word-embedding table, on the host: the table (a fifth of BERT's weights) never enters a graph.
 * @param table [V, D]
 * @param ids [B, L], each from 0 to V - 1
 * @returns [B, L, D]
 * @throws RangeError if an id is outside the table
 */
export function lookUpRows(table: FloatTensor, ids: IntTensor): FloatTensor {
  const [vocabulary = 0, width = 0] = table.shape;
  const rows = new Float32Array(ids.data.length * width);
  ids.data.forEach((id, index) => {
    if (id < 0 || id >= vocabulary)
      throw new RangeError(`word embeddings: expected an id from 0 to ${vocabulary - 1}, got ${id}.`);
    rows.set(table.data.subarray(id * width, (id + 1) * width), index * width);
  });
  return floatTensor(rows, [...ids.shape, width]);
}

/**
 * The gradient of `lookUpRows` by the table: each row's gradients summed in the order of the tokens, so the result does
 * not depend on threads (a scatter's does: numerics B).
 * @param rows gradient by the looked-up rows [B, L, D]
 * @param vocabulary V
 * @param sums buffer for the result, overwritten
 * @param counts whether a row of the batch takes part
 * @returns [V, D]
 */
export function sumRows(
  rows: FloatTensor,
  ids: IntTensor,
  vocabulary: number,
  sums: Float32Array = new Float32Array(vocabulary * (rows.shape.at(-1) ?? 0)),
  counts: (row: number) => boolean = () => true,
): FloatTensor {
  const [length = 0, width = 0] = rows.shape.slice(1);
  sums.fill(0);
  ids.data.forEach((id, index) => {
    if (!counts(Math.floor(index / length))) return;
    const [target, source] = [id * width, index * width];
    for (let column = 0; column < width; column++)
      sums[target + column] = (sums[target + column] ?? 0) + (rows.data[source + column] ?? 0);
  });
  return floatTensor(sums, [vocabulary, width]);
}
