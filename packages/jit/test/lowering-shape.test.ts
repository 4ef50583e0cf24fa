import { type HostTensor } from '@im-bert/core';
import * as tf from '@tensorflow/tfjs-core';
import { shapeLowerings } from '../src/lowering/shape.ts';
import { bools, describeLowerings, floats, ints, type KernelCases, special } from './support/lowering.ts';

type Run = (x: tf.Tensor) => tf.Tensor | tf.Tensor[];

function one(name: string, x: HostTensor, run: Run): KernelCases['cases'][number] {
  return { name, inputs: [x], run: (...[y]) => run(y as tf.Tensor) };
}

const joined =
  (axis: number) =>
  (...xs: tf.Tensor[]): tf.Tensor =>
    tf.concat(xs, axis);
const stacked =
  (axis: number) =>
  (...xs: tf.Tensor[]): tf.Tensor =>
    tf.stack(xs, axis);
const casts = (['float32', 'int32', 'bool'] as const).flatMap((dtype) => [
  one(`float to ${dtype}`, { ...floats(2, 3) }, (x) => tf.cast(x, dtype)),
  one(`integer to ${dtype}`, ints(2, 3), (x) => tf.cast(x, dtype)),
  one(`bool to ${dtype}`, bools(2, 3), (x) => tf.cast(x, dtype)),
  one(`nothing to ${dtype}`, floats(0, 2), (x) => tf.cast(x, dtype)),
]);
const stridedSlice =
  (begin: number[], end: number[], strides: number[], masks: number[] = []): Run =>
  (x) =>
    tf.stridedSlice(x, begin, end, strides, ...masks);

describeLowerings(shapeLowerings, {
  // tf.broadcastTo emits Tile; the kernel is here for those who call it by name.
  BroadcastTo: {
    cases: [
      {
        ...one('a column', floats(2, 1), (x) =>
          tf.engine().runKernel('BroadcastTo', { x }, { shape: [2, 3] }),
        ),
        reference: (...[x]) => tf.broadcastTo(x as tf.Tensor, [2, 3]),
      },
    ],
  },
  Cast: { cases: casts },
  Concat: {
    cases: [
      { name: 'axis 0', inputs: [floats(2, 3), floats(1, 3)], run: joined(0) },
      { name: 'axis -1', inputs: [floats(2, 3), floats(2, 1), special].slice(0, 2), run: joined(-1) },
      { name: 'integers', inputs: [ints(3), ints(2)], run: joined(0) },
      { name: 'bools', inputs: [bools(3), bools(2)], run: joined(0) },
      { name: 'with nothing', inputs: [floats(0, 2), floats(2, 2)], run: joined(0) },
    ],
  },
  ExpandDims: {
    cases: [
      ...[0, 1, 2, -1].map((axis) => one(`axis ${axis}`, floats(2, 3), (x) => tf.expandDims(x, axis))),
      one('rank 0', floats(), (x) => tf.expandDims(x, 0)),
      one('size 0', floats(0), (x) => tf.expandDims(x, 1)),
    ],
  },
  Identity: {
    cases: [special, ints(2), bools(2), floats(), floats(0)].map((x) => one(x.dtype, x, (y) => tf.clone(y))),
  },
  MirrorPad: {
    cases: (['reflect', 'symmetric'] as const).map((mode) =>
      one(mode, floats(3, 4), (x) =>
        tf.mirrorPad(
          x,
          [
            [1, 2],
            [2, 0],
          ],
          mode,
        ),
      ),
    ),
  },
  Pack: {
    cases: [
      ...[0, 1, 2, -1].map((axis) => ({
        name: `axis ${axis}`,
        inputs: [floats(2, 3), floats(2, 3)],
        run: stacked(axis),
      })),
      { name: 'rank 0', inputs: [floats(), floats()], run: stacked(0) },
      { name: 'integers', inputs: [ints(2), ints(2)], run: stacked(0) },
    ],
  },
  PadV2: {
    cases: [
      one('zeros', floats(2, 3), (x) =>
        tf.pad(x, [
          [1, 0],
          [0, 2],
        ]),
      ),
      one('a value', floats(2), (x) => tf.pad(x, [[1, 1]], -3.5)),
      one('integers', ints(2, 2), (x) =>
        tf.pad(
          x,
          [
            [0, 1],
            [1, 0],
          ],
          7,
        ),
      ),
      one('nothing added', special, (x) => tf.pad(x, [[0, 0]])),
      one('around nothing', floats(0, 2), (x) =>
        tf.pad(x, [
          [1, 1],
          [0, 0],
        ]),
      ),
    ],
  },
  Reshape: {
    cases: [
      one('the rest', floats(2, 6), (x) => tf.reshape(x, [3, -1, 2])),
      one('to rank 0', floats(1, 1), (x) => tf.reshape(x, [])),
      one('from rank 0', floats(), (x) => tf.reshape(x, [1, 1])),
      one('size 0', floats(0, 3), (x) => tf.reshape(x, [3, 0, 2])),
      one('special values', special, (x) => tf.reshape(x, [7, 3])),
    ],
  },
  Reverse: {
    cases: [
      one('one axis', floats(2, 3, 2), (x) => tf.reverse(x, 1)),
      one('two axes', floats(2, 3, 2), (x) => tf.reverse(x, [0, -1])),
      one('all axes', ints(2, 2), (x) => tf.reverse(x)),
      one('size 0', floats(0, 2), (x) => tf.reverse(x, 0)),
    ],
  },
  Slice: {
    cases: [
      one('a block', floats(3, 4), (x) => tf.slice(x, [1, 1], [2, 2])),
      one('to the end', floats(3, 4), (x) => tf.slice(x, [1, 0], [-1, 3])),
      one('fewer axes', floats(3, 4), (x) => tf.slice(x, 1, 1)),
      one('nothing', floats(3, 4), (x) => tf.slice(x, [3, 0], [0, 4])),
      one('integers', ints(5), (x) => tf.slice(x, [2], [3])),
      one('bools', bools(5), (x) => tf.slice(x, [2], [3])),
    ],
  },
  SplitV: {
    cases: [
      one('equal parts', floats(2, 6), (x) => tf.split(x, 3, 1)),
      one('named parts', floats(2, 6), (x) => tf.split(x, [1, 2, 3], -1)),
      one('the rest', floats(5, 2), (x) => tf.split(x, [2, -1], 0)),
    ],
  },
  StridedSlice: {
    cases: [
      one('every other', floats(5, 4), stridedSlice([0, 1], [5, 4], [2, 2])),
      one('backwards', floats(5, 4), stridedSlice([4, 3], [0, 0], [-2, -1])),
      one('masks', floats(5, 4), stridedSlice([1, 1], [3, 3], [1, 1], [1, 2])),
      one('an axis shrunk', floats(5, 4), stridedSlice([1, 0], [2, 4], [1, 1], [0, 0, 0, 0, 1])),
      one('a new axis', floats(5, 4), stridedSlice([0, 0], [1, 3], [1, 1], [0, 0, 0, 1, 0])),
    ],
  },
  Tile: {
    cases: [
      one('both axes', floats(2, 3), (x) => tf.tile(x, [2, 3])),
      one('once', special, (x) => tf.tile(x, [1])),
      one('bools', bools(2), (x) => tf.tile(x, [2])),
      one('broadcastTo', floats(1, 3), (x) => tf.broadcastTo(x, [2, 4, 3])),
      one('size 0', floats(0, 2), (x) => tf.tile(x, [2, 2])),
    ],
  },
  Transpose: {
    cases: [
      one('all axes', floats(2, 3, 4), (x) => tf.transpose(x)),
      one('heads', floats(2, 3, 2, 4), (x) => tf.transpose(x, [0, 2, 1, 3])),
      one('integers', ints(2, 3), (x) => tf.transpose(x, [1, 0])),
      one('bools', bools(2, 3), (x) => tf.transpose(x, [1, 0])),
      one('size 0', floats(0, 3), (x) => tf.transpose(x)),
    ],
  },
  Unpack: {
    cases: [
      ...[0, 1, -1].map((axis) => one(`axis ${axis}`, floats(2, 3, 2), (x) => tf.unstack(x, axis))),
      one('integers', ints(3), (x) => tf.unstack(x)),
    ],
  },
});
