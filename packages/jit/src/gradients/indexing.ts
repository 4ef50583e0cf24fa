import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '@im-bert/core/tensor';
import { axisOf } from '../kernels/axes.ts';
import type { IndexingKernel } from '../kernels/families.ts';
import { binary, type Gradients, nothing, type Rule, zero } from './rule.ts';

/** Sums the slices of `x` along `axis` by the ids in [0, size) that they have; a negative id belongs to nothing. */
function sumById(x: tf.Tensor, ids: tf.Tensor1D, size: number, axis: number): tf.Tensor {
  if (axis === 0) return tf.unsortedSegmentSum(x, ids, size);
  const front = [axis, ...x.shape.map((_, each) => each).filter((each) => each !== axis)];
  const summed = tf.unsortedSegmentSum(tf.transpose(x, front), ids, size);
  return tf.transpose(summed, tf.backend_util.getUndoAxesPermutation(front));
}

/** `x` with each place of `axis` added to the place, of `size`, that its position says. */
export function scatterAlong(
  x: tf.Tensor,
  positions: readonly number[],
  size: number,
  axis: number,
): tf.Tensor {
  if (positions.length === size && positions.every((position, place) => position === place)) return x;
  return sumById(x, tf.tensor1d([...positions], 'int32'), size, axis);
}

/** The rows' gradients summed by id. */
function ungather(dy: tf.Tensor, x: tf.Tensor, indices: tf.Tensor, axis: number): tf.Tensor {
  const rows = tf.reshape(dy, [...x.shape.slice(0, axis), indices.size, ...x.shape.slice(axis + 1)]);
  return sumById(rows, tf.reshape(indices, [indices.size]), x.shape[axis] ?? 1, axis);
}

/** Each row's gradient is that of its segment; rows with a negative id belong to none. */
function unsegment(dy: tf.Tensor, x: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  const rows = tf.gather(dy, tf.maximum(ids, tf.zerosLike(ids)));
  const kept = tf.cast(tf.greaterEqual(ids, tf.zerosLike(ids)), 'float32');
  return tf.mul(rows, tf.reshape(kept, [sizeOf(ids.shape), ...x.shape.slice(1).map(() => 1)]));
}

/** Where an index repeats, the last update stands and each gets its gradient: pass distinct ones. */
const updateGradient: Rule<unknown> = {
  saves: ['indices', 'updates'],
  gradient: ([dy], [indices, updates]) => {
    if (dy === undefined || indices === undefined || updates === undefined)
      throw new Error('gradient: TensorScatterUpdate was called with fewer inputs than three');
    return {
      // dy is multiplied, not updated: the cpu backend writes into the tensor that it is given
      tensor: () => tf.mul(dy, tf.tensorScatterUpdate(tf.onesLike(dy), indices, tf.zerosLike(updates))),
      indices: () => tf.zeros(indices.shape),
      updates: () => tf.gatherND(dy, indices),
    };
  },
};

/** Kernels that read or write at positions given as values. */
export const indexingGradients: Gradients<IndexingKernel> = {
  GatherNd: binary((dy, params, indices) => tf.scatterND(indices, dy, params.shape), nothing, [
    'params',
    'indices',
  ]),
  GatherV2: binary(
    (dy, x, indices, { axis, batchDims }) => {
      if (batchDims !== 0) throw new Error(`tf.gather: no gradient for batchDims ${batchDims}, only for 0.`);
      return ungather(dy, x, indices, axisOf(axis, x.rank));
    },
    nothing,
    ['x', 'indices'],
  ),
  OneHot: zero('indices'),
  ScatterNd: binary(nothing, (dy, indices) => tf.gatherND(dy, indices), ['indices', 'updates']),
  TensorScatterUpdate: updateGradient,
  UnsortedSegmentSum: binary(unsegment, nothing, ['x', 'segmentIds']),
};
