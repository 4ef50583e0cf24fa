import * as tf from '@tensorflow/tfjs-core';
import { indexingLowerings } from '../src/lowering/indexing.ts';
import { describeLowerings, floats, ints, type KernelCases, listed } from './support/lowering.ts';

type Run = KernelCases['cases'][number]['run'];

const gather =
  (axis: number, batchDims = 0): Run =>
  (...[x, ids]) =>
    tf.gather(x as tf.Tensor, ids as tf.Tensor, axis, batchDims);
const segmentSum =
  (segments: number): Run =>
  (...[x, ids]) =>
    tf.unsortedSegmentSum(x as tf.Tensor, ids as tf.Tensor1D, segments);
const oneHot =
  (depth: number, on?: number, off?: number, dtype?: tf.DataType): Run =>
  (...[ids]) =>
    tf.oneHot(ids as tf.Tensor, depth, on, off, dtype);

describeLowerings(indexingLowerings, {
  GatherNd: {
    cases: [
      {
        name: 'elements',
        inputs: [floats(3, 4), listed([0, 1, 2, 3], [2, 2])],
        run: (...[x, ids]) => tf.gatherND(x as tf.Tensor, ids as tf.Tensor),
      },
      {
        name: 'rows',
        inputs: [floats(3, 4), listed([2, 0, 2], [3, 1])],
        run: (...[x, ids]) => tf.gatherND(x as tf.Tensor, ids as tf.Tensor),
      },
    ],
  },
  GatherV2: {
    cases: [
      { name: 'rows', inputs: [floats(4, 3), listed([3, 0, 3])], run: gather(0) },
      {
        name: 'columns by a matrix of ids',
        inputs: [floats(2, 4, 2), listed([3, 0, 1, 1], [2, 2])],
        run: gather(1),
      },
      { name: 'axis -1', inputs: [floats(2, 4), listed([1, 1, 2])], run: gather(-1) },
      { name: 'one id', inputs: [floats(4, 3), listed([2], [])], run: gather(0) },
      { name: 'no ids', inputs: [floats(4, 3), listed([], [0])], run: gather(0) },
      { name: 'integers', inputs: [ints(4, 3), listed([1, 1])], run: gather(0) },
      {
        name: 'a row for each of a batch',
        inputs: [floats(2, 4, 3), listed([3, 0, 1, 1], [2, 2])],
        run: gather(1, 1),
      },
      {
        name: 'a later axis for each of a batch',
        inputs: [floats(2, 3, 4), listed([3, 0, 1, 1], [2, 2])],
        run: gather(2, 1),
      },
    ],
  },
  OneHot: {
    cases: [
      { name: 'ids', inputs: [listed([0, 2, 1])], run: oneHot(3) },
      { name: 'ids out of range', inputs: [listed([-1, 5, 1])], run: oneHot(3) },
      { name: 'a matrix of ids', inputs: [listed([0, 1, 1, 0], [2, 2])], run: oneHot(2, 0.5, -1, 'float32') },
      { name: 'bools', inputs: [listed([0, 1])], run: oneHot(2, 1, 0, 'bool') },
      { name: 'no ids', inputs: [listed([], [0])], run: oneHot(3) },
    ],
  },
  ScatterNd: {
    cases: [
      {
        name: 'elements, some of them twice',
        inputs: [listed([0, 1, 2, 2, 0, 1], [3, 2]), floats(3)],
        run: (...[ids, updates]) => tf.scatterND(ids as tf.Tensor, updates as tf.Tensor, [3, 3]),
      },
      {
        name: 'rows, one of them twice',
        inputs: [listed([1, 3, 1], [3, 1]), floats(3, 2)],
        run: (...[ids, updates]) => tf.scatterND(ids as tf.Tensor, updates as tf.Tensor, [4, 2]),
      },
    ],
  },
  TensorScatterUpdate: {
    cases: [
      {
        name: 'rows',
        inputs: [floats(4, 2), listed([3, 1], [2, 1]), floats(2, 2)],
        run: (...[x, ids, updates]) =>
          tf.tensorScatterUpdate(x as tf.Tensor, ids as tf.Tensor, updates as tf.Tensor),
      },
      {
        name: 'elements',
        inputs: [floats(2, 2), listed([0, 1, 1, 0], [2, 2]), floats(2)],
        run: (...[x, ids, updates]) =>
          tf.tensorScatterUpdate(x as tf.Tensor, ids as tf.Tensor, updates as tf.Tensor),
      },
    ],
  },
  UnsortedSegmentSum: {
    cases: [
      { name: 'rows', inputs: [floats(5, 3), listed([2, 0, 2, 2, 0])], run: segmentSum(4) },
      { name: 'rank 1', inputs: [floats(4), listed([1, 1, 0, 1])], run: segmentSum(2) },
      { name: 'rank 3', inputs: [floats(3, 2, 2), listed([1, 1, 0])], run: segmentSum(2) },
      { name: 'ids of no segment', inputs: [floats(4, 2), listed([-1, 1, 7, 1])], run: segmentSum(3) },
      {
        name: 'integers',
        inputs: [ints(4, 2), listed([0, 1, 0, 1])],
        run: segmentSum(2),
        // The cpu backend forgets the type.
        reference: (...inputs) => tf.cast(segmentSum(2)(...inputs) as tf.Tensor, 'int32'),
      },
      { name: 'no rows', inputs: [floats(0, 2), listed([], [0])], run: segmentSum(3) },
    ],
    ulps: 4,
    absolute: 1e-6,
  },
});
