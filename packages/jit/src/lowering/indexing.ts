import { sizeOf } from '@im-bert/core/tensor';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/value.ts';
import { axisOf } from '../kernels/axes.ts';
import { cast } from './element-types.ts';
import type { Kernels, Lowerings } from '../kernels/kernels.ts';
import type { IndexingKernel } from '../kernels/families.ts';
import { reshape } from './shape.ts';

/** [0, 1, .., length) */
function positions(graph: GraphBuilder, length: number): Value {
  return graph.constant(
    'int32',
    [length],
    Int32Array.from({ length }, (_, index) => index),
  );
}

/**
 * Writes rows of `updates` [N, D] into `target` [S, D] at row numbers `rows` [N]. ScatterElements and not ScatterND,
 * whose sums race between threads when a row repeats (numerics B): this one runs in order on one thread, and is exact.
 * Row numbers outside [0, S) are skipped, as in tfjs.
 */
function scatterRows(
  graph: GraphBuilder,
  target: Value,
  rows: Value,
  updates: Value,
  reduction: 'add' | 'none',
): Value {
  const shape = graph.integers(updates.shape);
  const index = graph.ops.reshape(rows, [...rows.shape, 1]); // [N, 1]
  return graph.apply(
    'ScatterElements',
    [target, graph.apply('Expand', [cast(graph, index, 'int64'), shape]), updates],
    {
      axis: 0,
      reduction,
    },
  );
}

function segmentSum(graph: GraphBuilder, updates: Value, rows: Value, segments: number): Value {
  const { and, expand, greaterOrEqual, less, reshape, where } = graph.ops;
  const width = updates.shape[1] ?? 0;
  const zero = graph.scalar(0, updates.dtype);
  const [first, end] = [graph.scalar(0, 'int32'), graph.scalar(segments, 'int32')];
  const inside = and(greaterOrEqual(rows, first), less(rows, end)); // [N]
  const column = reshape(inside, [...rows.shape, 1]); // [N, 1]
  const target = expand(zero, [segments, width]);
  return scatterRows(graph, target, where(inside, rows, first), where(column, updates, zero), 'add');
}

/** Row-major number of each index tuple: indices [.., k] over `sizes` (k of them) as [N]. */
function flatIndex(graph: GraphBuilder, indices: Value, sizes: readonly number[]): Value {
  const depth = sizes.length;
  const strides = sizes.map((_, axis) => sizeOf(sizes.slice(axis + 1)));
  const tuples = reshape(graph, indices, [sizeOf(indices.shape.slice(0, -1)), depth]); // [N, k]
  const weighted = graph.ops.mul(tuples, graph.constant('int32', [depth], Int32Array.from(strides)));
  return graph.apply('ReduceSum', [weighted, graph.integers([1])], { keepdims: 0 });
}

/** Gather with leading axes shared by x and the indices: the gathered axis is brought behind them and back. */
function gatherBatched(
  graph: GraphBuilder,
  { x, indices }: Kernels['GatherV2']['inputs'],
  axis: number,
  batch: number,
): Value {
  const axes = x.shape.map((_, index) => index);
  const forward = [...axes.slice(0, batch), axis, ...axes.slice(batch, axis), ...axes.slice(axis + 1)];
  const moved = graph.ops.transpose(x, forward);
  const index = reshape(graph, cast(graph, indices, 'int64'), [...indices.shape, 1]);
  const gathered = graph.apply('GatherND', [moved, index], { batch_dims: batch });
  const chosen = indices.shape.length - batch; // axes that the indices add
  const between = axis - batch;
  const all = gathered.shape.map((_, place) => place);
  const back = [
    ...all.slice(0, batch),
    ...all.slice(batch + chosen, batch + chosen + between),
    ...all.slice(batch, batch + chosen),
    ...all.slice(batch + chosen + between),
  ];
  return graph.ops.transpose(gathered, back);
}

/** Lowerings of gathers and scatters. */
export const indexingLowerings: Lowerings<IndexingKernel> = {
  GatherNd: (graph, { params, indices }) =>
    graph.apply('GatherND', [params, cast(graph, indices, 'int64')], { batch_dims: 0 }),
  GatherV2: (graph, inputs, { axis, batchDims }) => {
    const place = axisOf(axis, inputs.x.shape.length);
    const batch = axisOf(batchDims, inputs.indices.shape.length);
    if (batch > 0) return gatherBatched(graph, inputs, place, batch);
    return graph.apply('Gather', [inputs.x, inputs.indices], { axis: place });
  },
  OneHot: (graph, { indices }, { depth, onValue, offValue, dtype }) => {
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool')
      throw new Error(`no oneHot of type ${dtype}`);
    const column = reshape(graph, indices, [...indices.shape, 1]);
    const hit = graph.ops.equal(column, positions(graph, depth));
    const number = dtype === 'bool' ? 'int32' : dtype;
    const chosen = graph.ops.where(hit, graph.scalar(onValue, number), graph.scalar(offValue, number));
    return cast(graph, chosen, dtype);
  },
  ScatterNd: (graph, { indices, updates }, { shape }) => {
    const depth = indices.shape[indices.shape.length - 1] ?? 1;
    const rows = flatIndex(graph, indices, shape.slice(0, depth));
    const flat = reshape(graph, updates, [rows.shape[0] ?? 0, sizeOf(shape.slice(depth))]);
    return reshape(graph, segmentSum(graph, flat, rows, sizeOf(shape.slice(0, depth))), shape);
  },
  TensorScatterUpdate: (graph, { tensor, indices, updates }) => {
    const depth = indices.shape[indices.shape.length - 1] ?? 1;
    const width = sizeOf(tensor.shape.slice(depth));
    const rows = flatIndex(graph, indices, tensor.shape.slice(0, depth));
    const flat = reshape(graph, updates, [rows.shape[0] ?? 0, width]);
    const target = reshape(graph, tensor, [sizeOf(tensor.shape.slice(0, depth)), width]);
    return reshape(graph, scatterRows(graph, target, rows, flat, 'none'), tensor.shape);
  },
  UnsortedSegmentSum: (graph, { x, segmentIds }, { numSegments }) => {
    const [count = 0, ...rest] = x.shape;
    const flat = reshape(graph, x, [count, sizeOf(rest)]);
    return reshape(graph, segmentSum(graph, flat, cast(graph, segmentIds, 'int32'), numSegments), [
      numSegments,
      ...rest,
    ]);
  },
};
