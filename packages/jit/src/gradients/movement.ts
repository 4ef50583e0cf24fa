import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '@im-bert/core';
import { axesOf } from './broadcast.ts';
import { splitting, stepwise, unary, variadic } from './rule.ts';

/** The sum of all copies that a tile made: [r0·s0, ..] is seen as [r0, s0, ..] and summed over the repeats. */
function untile(dy: tf.Tensor, shape: number[], repeats: readonly number[]): tf.Tensor {
  const interleaved = shape.flatMap((size, axis) => [repeats[axis] ?? 1, size]);
  const axes = repeats.flatMap((repeat, axis) => (repeat === 1 ? [] : [2 * axis]));
  return tf.reshape(axes.length > 0 ? tf.sum(tf.reshape(dy, interleaved), axes) : dy, shape);
}

/** Where a slice began, and how much lies behind it: the padding that puts it back into `shape`. */
function slicePadding(x: tf.Tensor, begin: number | number[], size: number | number[]): [number, number][] {
  const [starts = [], sizes = []] = tf.slice_util.parseSliceParams(x, begin, size);
  return x.shape.map((whole, axis) => {
    const start = starts[axis] ?? 0;
    return [start, whole - start - (sizes[axis] ?? 0)];
  });
}

/** The part of a concatenation that input `index` supplied. */
function concatPart(dy: tf.Tensor, inputs: readonly tf.Tensor[], index: number, axis: number): tf.Tensor {
  const begin = Array.from(dy.shape, () => 0);
  const lengths = inputs.map(({ shape }) => shape[axis] ?? 0);
  begin[axis] = lengths.slice(0, index).reduce((sum, length) => sum + length, 0);
  return tf.slice(dy, begin, inputs[index]?.shape ?? []);
}

/** The rows' gradients summed by id; other axes than the first are brought to the front meanwhile. */
function ungather(dy: tf.Tensor, x: tf.Tensor, indices: tf.Tensor, axis: number): tf.Tensor {
  const outer = x.shape.slice(0, axis);
  const rows = tf.reshape(dy, [...outer, indices.size, ...x.shape.slice(axis + 1)]);
  const ids = tf.reshape(indices, [indices.size]);
  const size = x.shape[axis] ?? 1;
  if (axis === 0) return tf.unsortedSegmentSum(rows, ids as tf.Tensor1D, size);
  const front = [axis, ...x.shape.map((_, each) => each).filter((each) => each !== axis)];
  const summed = tf.unsortedSegmentSum(tf.transpose(rows, front), ids as tf.Tensor1D, size);
  return tf.transpose(summed, tf.backend_util.getUndoAxesPermutation(front));
}

const gatherGradient: tf.GradConfig = {
  kernelName: 'GatherV2',
  inputsToSave: ['x', 'indices'],
  gradFunc: (dy, saved, { axis, batchDims }) => {
    const [x, indices] = saved as [tf.Tensor, tf.Tensor];
    if (batchDims !== 0)
      throw new Error(`tf.gather: no gradient for batchDims ${batchDims as number}, only for 0.`);
    return {
      x: () => ungather(dy as tf.Tensor, x, indices, axesOf(axis, x.shape)[0] ?? 0),
      indices: () => tf.zeros(indices.shape),
    };
  },
};

/** Each row's gradient is that of its segment; rows with a negative id belong to none. */
const segmentSumGradient: tf.GradConfig = {
  kernelName: 'UnsortedSegmentSum',
  inputsToSave: ['x', 'segmentIds'],
  gradFunc: (dy, saved) => ({
    x: () => {
      const [x, ids] = saved as [tf.Tensor, tf.Tensor];
      const rows = tf.gather(dy as tf.Tensor, tf.maximum(ids, tf.zerosLike(ids)));
      const kept = tf.cast(tf.greaterEqual(ids, tf.zerosLike(ids)), 'float32');
      return tf.mul(rows, tf.reshape(kept, [sizeOf(ids.shape), ...x.shape.slice(1).map(() => 1)]));
    },
  }),
};

const selectGradient: tf.GradConfig = {
  kernelName: 'Select',
  inputsToSave: ['condition'],
  gradFunc: (dy, saved) => {
    const [condition, zero] = [saved[0] as tf.Tensor, tf.zerosLike(dy as tf.Tensor)];
    return {
      condition: () => tf.zeros(condition.shape),
      t: () => tf.where(condition, dy as tf.Tensor, zero),
      e: () => tf.where(condition, zero, dy as tf.Tensor),
    };
  },
};

/** Kernels that move values without changing them. */
export const movementGradients: readonly tf.GradConfig[] = [
  unary('Reshape', (dy, x) => tf.reshape(dy, x.shape)),
  unary('ExpandDims', (dy, x) => tf.reshape(dy, x.shape), 'input'),
  unary('Transpose', (dy, _x, { perm }) =>
    tf.transpose(dy, tf.backend_util.getUndoAxesPermutation(perm as number[])),
  ),
  unary('Reverse', (dy, x, { dims }) => tf.reverse(dy, axesOf(dims, x.shape))),
  unary('Tile', (dy, x, { reps }) => untile(dy, x.shape, reps as number[])),
  unary('Slice', (dy, x, { begin, size }) =>
    tf.pad(dy, slicePadding(x, begin as number[], size as number[])),
  ),
  unary('PadV2', (dy, x, { paddings }) =>
    tf.slice(
      dy,
      (paddings as [number, number][]).map(([before]) => before),
      x.shape,
    ),
  ),
  variadic('Concat', (dy, inputs, index, { axis }) =>
    concatPart(dy, inputs, index, axesOf(axis, dy.shape)[0] ?? 0),
  ),
  variadic('Pack', (dy, _inputs, index, { axis }) =>
    tf.squeeze(tf.slice(dy, ...onePlace(dy.shape, axis as number, index)), [axis as number]),
  ),
  splitting('Unpack', 'value', (dys, { axis }) => tf.stack(dys, axis as number)),
  splitting('SplitV', 'x', (dys, { axis }) => tf.concat(dys, axis as number)),
  gatherGradient,
  segmentSumGradient,
  selectGradient,
  stepwise('OneHot', ['indices']),
];

/** Begin and size of the slice that holds one place of an axis. */
function onePlace(shape: readonly number[], axis: number, place: number): [number[], number[]] {
  return [
    shape.map((_, each) => (each === axis ? place : 0)),
    shape.map((size, each) => (each === axis ? 1 : size)),
  ];
}
