import { floatTensor, intTensor, type RandomStream } from '@im-bert/core';
import type { IndexedBatch } from '../../src/predict.ts';
import { vocabulary } from './logistic-executor.ts';

const [batchSize, length] = [4, 6];

/** Batches of 4 rows whose label says whether ids of the upper half prevail; filler rows repeat the last example. */
export function toyBatches(examples: number, random: RandomStream): IndexedBatch[] {
  const order = random.shuffle(Array.from({ length: examples }, (_, index) => index));
  return Array.from({ length: Math.ceil(examples / batchSize) }, (_, batch) => {
    const indices = order.slice(batch * batchSize, (batch + 1) * batchSize);
    const rows = Array.from({ length: batchSize }, (_, row) => indices[row] ?? indices[0] ?? 0);
    const ids = rows.flatMap((index) =>
      Array.from({ length }, (_, at) => (index * 5 + at * at * (index % 3)) % vocabulary),
    );
    const label = (row: number): number =>
      Number(
        ids.slice(row * length, (row + 1) * length).filter((id) => id >= vocabulary / 2).length > length / 2,
      );
    return {
      ids: intTensor(Int32Array.from(ids), [batchSize, length]),
      typeIds: intTensor(new Int32Array(ids.length), [batchSize, length]),
      mask: floatTensor(new Float32Array(ids.length).fill(1), [batchSize, length]),
      labels: intTensor(
        Int32Array.from(rows, (_, row) => label(row)),
        [batchSize],
      ),
      weights: floatTensor(
        Float32Array.from(rows, (_, row) => (row < indices.length ? 1 : 0)),
        [batchSize],
      ),
      indices,
    };
  });
}
