import { sizeOf } from '@im-bert/core/tensor';
import * as tf from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/value.ts';
import { axesOf, axisOf } from '../kernels/axes.ts';
import { mirrored } from '../kernels/mirror.ts';
import { cast } from './element-types.ts';
import type { Lowerings } from '../kernels/kernels.ts';
import type { ShapeKernel } from '../kernels/families.ts';
import { ranges, sliceAxis, sliceRange } from './slices.ts';

/** x in another shape of the same size; -1 stands for the size that is left. */
export function reshape(graph: GraphBuilder, x: Value, shape: readonly number[]): Value {
  const full = tf.util.inferFromImplicitShape([...shape], sizeOf(x.shape));
  return graph.ops.reshape(x, full);
}

function inserted(shape: readonly number[], axis: number, size: number): readonly number[] {
  return [...shape.slice(0, axis), size, ...shape.slice(axis)];
}

function concat(graph: GraphBuilder, values: readonly Value[], axis: number): Value {
  return values.length === 1 ? (values[0] as Value) : graph.apply('Concat', values, { axis });
}

function sizesOf(total: number, split: number | readonly number[]): readonly number[] {
  if (typeof split === 'number') return Array.from({ length: split }, () => total / split);
  const known = split.reduce((sum, size) => sum + Math.max(size, 0), 0);
  return split.map((size) => (size === -1 ? total - known : size));
}

function mirrorAxis(
  graph: GraphBuilder,
  x: Value,
  axis: number,
  padding: readonly [number, number],
  symmetric: boolean,
): Value {
  const size = x.shape[axis] ?? 0;
  const [before, after] = padding;
  if (before === 0 && after === 0) return x;
  const positions = Array.from({ length: before + size + after }, (_, index) =>
    mirrored(index - before, size, symmetric),
  );
  return graph.apply('Gather', [x, graph.integers(positions)], { axis });
}

/** Lowerings of kernels that change shape, order or type. */
export const shapeLowerings: Lowerings<ShapeKernel> = {
  BroadcastTo: (graph, { x }, { shape }) => graph.ops.expand(x, shape),
  Cast: (graph, { x }, { dtype }) => {
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool')
      throw new Error(`no cast to ${dtype} in a graph`);
    return cast(graph, x, dtype);
  },
  Concat: (graph, values, { axis }) => concat(graph, values, axisOf(axis, values[0]?.shape.length ?? 0)),
  ExpandDims: (graph, { input }, { dim }) =>
    reshape(graph, input, inserted(input.shape, dim < 0 ? dim + input.shape.length + 1 : dim, 1)),
  Identity: (_graph, { x }) => x,
  MirrorPad: (graph, { x }, { paddings, mode }) =>
    paddings.reduce(
      (value, padding, axis) => mirrorAxis(graph, value, axis, padding, mode === 'symmetric'),
      x,
    ),
  Pack: (graph, values, { axis }) => {
    const shape = values[0]?.shape ?? [];
    const place = axis < 0 ? axis + shape.length + 1 : axis;
    return concat(
      graph,
      values.map((value) => reshape(graph, value, inserted(shape, place, 1))),
      place,
    );
  },
  PadV2: (graph, { x }, { paddings, constantValue }) => {
    if (paddings.length === 0) return x;
    const numbers = x.dtype === 'bool' ? cast(graph, x, 'int32') : x;
    const amounts = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
    const padded = graph.apply('Pad', [
      numbers,
      graph.integers(amounts),
      graph.scalar(constantValue, numbers.dtype),
    ]);
    return cast(graph, padded, x.dtype);
  },
  Reshape: (graph, { x }, { shape }) => reshape(graph, x, shape),
  Reverse: (graph, { x }, { dims }) => {
    const axes = axesOf(dims, x.shape.length);
    const full = x.shape.map((size, axis) =>
      axes.includes(axis) ? { begin: size - 1, end: -1, step: -1 } : { begin: 0, end: size, step: 1 },
    );
    return sliceRange(graph, x, full);
  },
  Slice: (graph, { x }, { begin, size }) => sliceRange(graph, x, ranges(x.shape, begin, size)),
  SplitV: (graph, { x }, { numOrSizeSplits, axis }) => {
    const place = axisOf(axis, x.shape.length);
    let begin = 0;
    return sizesOf(x.shape[place] ?? 0, numOrSizeSplits).map((size) => {
      const first = begin;
      begin += size;
      return sliceAxis(graph, x, place, first, begin);
    });
  },
  StridedSlice: (graph, { x }, attributes) => {
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
    const info = tf.slice_util.sliceInfo(
      [...x.shape],
      begin,
      end,
      strides,
      beginMask,
      endMask,
      ellipsisMask,
      newAxisMask,
      shrinkAxisMask,
    );
    const full = info.begin.map((first, axis) => ({
      begin: first,
      end: info.end[axis] ?? 0,
      step: info.strides[axis] ?? 1,
    }));
    return reshape(graph, sliceRange(graph, x, full), info.finalShape);
  },
  Tile: (graph, { x }, { reps }) => (reps.length === 0 ? x : graph.apply('Tile', [x, graph.integers(reps)])),
  Transpose: (graph, { x }, { perm }) => (perm.length === 0 ? x : graph.ops.transpose(x, perm)),
  Unpack: (graph, { value }, { axis }) => {
    const place = axisOf(axis, value.shape.length);
    const shape = value.shape.filter((_, index) => index !== place);
    return Array.from({ length: value.shape[place] ?? 0 }, (_, position) =>
      reshape(graph, sliceAxis(graph, value, place, position, position + 1), shape),
    );
  },
};
