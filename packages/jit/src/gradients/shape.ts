import * as tf from '@tensorflow/tfjs-core';
import { axesOf, axisOf } from '../kernels/axes.ts';
import type { ShapeKernel } from '../kernels/families.ts';
import { mirrored } from '../kernels/mirror.ts';
import { scatterAlong } from './indexing.ts';
import { type Gradients, splitting, unary, variadic } from './rule.ts';

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

/** Begin and size of the slice that holds one place of an axis. */
function onePlace(shape: readonly number[], axis: number, place: number): [number[], number[]] {
  return [
    shape.map((_, each) => (each === axis ? place : 0)),
    shape.map((size, each) => (each === axis ? 1 : size)),
  ];
}

/** The adjoint of a mirrored padding: each place of x gets the sum of all places that show it. */
function unmirror(dy: tf.Tensor, shape: number[], { paddings, mode }: tf.MirrorPadAttrs): tf.Tensor {
  return paddings.reduce((part, [before, after], axis) => {
    const size = shape[axis] ?? 0;
    const positions = Array.from({ length: before + size + after }, (_, place) =>
      mirrored(place - before, size, mode === 'symmetric'),
    );
    return scatterAlong(part, positions, size, axis);
  }, dy);
}

/** The adjoint of a slice with steps: each axis' values go back to the places that they came from. */
function unstride(dy: tf.Tensor, shape: number[], attributes: tf.StridedSliceAttrs): tf.Tensor {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
  const masks = [beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask] as const;
  const sliced = tf.slice_util.sliceInfo(shape, begin, end, strides, ...masks);
  const sizes = tf.slice_util.computeOutShape(sliced.begin, sliced.end, sliced.strides);
  return sizes.reduce<tf.Tensor>(
    (part, size, axis) => {
      const positions = Array.from(
        { length: size },
        (_, place) => (sliced.begin[axis] ?? 0) + place * (sliced.strides[axis] ?? 1),
      );
      return scatterAlong(part, positions, shape[axis] ?? 0, axis);
    },
    tf.reshape(dy, sizes),
  );
}

/** Kernels that move values without changing them. */
export const shapeGradients: Gradients<ShapeKernel> = {
  BroadcastTo: { none: 'no op of tfjs calls it: tf.broadcastTo is a Tile' },
  Cast: unary((dy) => tf.cast(dy, 'float32')),
  Concat: variadic((dy, inputs, index, { axis }) => concatPart(dy, inputs, index, axisOf(axis, dy.rank))),
  ExpandDims: unary((dy, x) => tf.reshape(dy, x.shape), 'input'),
  Identity: unary((dy) => tf.clone(dy)),
  MirrorPad: unary((dy, x, attributes) => unmirror(dy, x.shape, attributes)),
  Pack: variadic((dy, _inputs, index, { axis }) =>
    tf.squeeze(tf.slice(dy, ...onePlace(dy.shape, axis, index)), [axis]),
  ),
  PadV2: unary((dy, x, { paddings }) =>
    tf.slice(
      dy,
      paddings.map(([before]) => before),
      x.shape,
    ),
  ),
  Reshape: unary((dy, x) => tf.reshape(dy, x.shape)),
  Reverse: unary((dy, x, { dims }) => tf.reverse(dy, [...axesOf(dims, x.rank)])),
  Slice: unary((dy, x, { begin, size }) => tf.pad(dy, slicePadding(x, begin, size))),
  SplitV: splitting('x', (dys, _x, { axis }) => tf.concat([...dys], axis)),
  StridedSlice: unary((dy, x, attributes) => unstride(dy, x.shape, attributes)),
  Tile: unary((dy, x, { reps }) => untile(dy, x.shape, reps)),
  Transpose: unary((dy, _x, { perm }) => tf.transpose(dy, tf.backend_util.getUndoAxesPermutation(perm))),
  Unpack: splitting('value', (dys, _x, { axis }) => tf.stack([...dys], axis)),
};
