import * as tf from '@tensorflow/tfjs-core';

/**
 * The rows of `table` that `ids` name. The table's gradient is the exact sum over repeated ids: when traced it is
 * lowered without ScatterND, whose sums race when an id repeats (numerics B).
 * @param table [V, D]
 * @param ids int32 of any shape, each in [0, V)
 * @returns [...ids.shape, D]
 * @throws RangeError if the table is not a matrix or the ids are not int32
 */
export function embeddingLookup(table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  if (table.rank !== 2 || ids.dtype !== 'int32')
    throw new RangeError(
      `embeddingLookup: expected a table [V, D] and int32 ids, got [${table.shape.join(', ')}] and ${ids.dtype} ids.`,
    );
  return tf.gather(table, ids);
}
