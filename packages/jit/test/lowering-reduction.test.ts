import { floatTensor, type HostTensor } from '@im-bert/core';
import * as tf from '@tensorflow/tfjs-core';
import { reductionLowerings } from '../src/lowering/reduction.ts';
import {
  bools,
  describeLowerings,
  floats,
  ints,
  type KernelCases,
  special,
  specialFloats,
} from './support/lowering.ts';

type Axes = number | number[] | undefined;
type Reduction = (x: tf.Tensor, axes: Axes, keepDims: boolean) => tf.Tensor;
type Limits = Omit<KernelCases, 'cases'>;

const axesOfRank3: readonly Axes[] = [undefined, 0, 1, -1, [0, 2], [-1, -2], [0, 1, 2]];

/** Rows with a NaN, an infinity, both infinities and none of them. */
const rows = floatTensor(
  Float32Array.of(
    ...[1, NaN, 2],
    ...[Infinity, 1, -1],
    ...[-Infinity, 2, Infinity],
    ...[-0, 0, -0],
    ...[1, 3, 2],
  ),
  [5, 3],
);

function one(name: string, x: HostTensor, run: (x: tf.Tensor) => tf.Tensor): KernelCases['cases'][number] {
  return { name, inputs: [x], run: (...[y]) => run(y as tf.Tensor) };
}

function reduction(
  run: Reduction,
  make: (...shape: number[]) => HostTensor,
  limits: Limits = {},
): KernelCases {
  const axes = axesOfRank3.flatMap((axis) =>
    [false, true].map((keep) =>
      one(`axes ${String(axis)}${keep ? ', kept' : ''}`, make(2, 3, 4), (x) => run(x, axis, keep)),
    ),
  );
  return {
    cases: [
      ...axes,
      one('rank 0', make(), (x) => run(x, undefined, false)),
      one('nothing left to reduce along a whole axis', make(0, 3), (x) => run(x, 1, false)),
    ],
    ...limits,
  };
}

/** Reductions of floats: NaN and infinities too. */
function ofFloats(run: Reduction, limits: Limits = {}): KernelCases {
  const { cases } = reduction(run, floats, limits);
  const unusual = one('NaN and infinities', rows, (x) => run(x, -1, false));
  const integers = one('integers', ints(2, 3), (x) => run(x, -1, false));
  return { cases: [...cases, unusual, integers], ...limits };
}

function scan(
  run: (x: tf.Tensor, axis: number, exclusive: boolean, reverse: boolean) => tf.Tensor,
  limits: Limits,
): KernelCases {
  const flags = [false, true];
  const scans = [0, 1, 2].flatMap((axis) =>
    flags.flatMap((exclusive) =>
      flags.map((reverse) =>
        one(
          `axis ${axis}, exclusive ${String(exclusive)}, reverse ${String(reverse)}`,
          floats(2, 3, 5),
          (x) => run(x, axis, exclusive, reverse),
        ),
      ),
    ),
  );
  const last = {
    ...one('the last axis by a negative number', floats(2, 3, 5), (x) => run(x, -1, false, false)),
    // The cpu backend gives a wrong shape for a negative axis.
    reference: (...[x]: tf.Tensor[]) => run(x as tf.Tensor, 2, false, false),
  };
  return {
    cases: [
      ...scans,
      last,
      one('integers', ints(4), (x) => run(x, 0, false, false)),
      one('size 0', floats(0, 2), (x) => run(x, 0, false, false)),
    ],
    ...limits,
  };
}

function position(run: (x: tf.Tensor, axis: number) => tf.Tensor): KernelCases {
  const axes = [0, 1, -1].map((axis) => one(`axis ${axis}`, floats(3, 4, 2), (x) => run(x, axis)));
  const ties = floatTensor(Float32Array.of(2, 1, 2, 1), [4]);
  return {
    cases: [
      ...axes,
      one('the first of equals', ties, (x) => run(x, 0)),
      one('integers', ints(5, 2), (x) => run(x, 0)),
    ],
  };
}

/** Scores as attention has them: padding far below, a row that is all padding, huge ones. */
const scores = floatTensor(
  Float32Array.of(
    ...[0.5, -10000, 2],
    ...[-10000, -10000, -10000],
    ...[1e4, 0, -1e4],
    ...[-Infinity, 1, 2],
    ...[NaN, 1, 2],
  ),
  [5, 3],
);
/** Total of one row: the float sum of n numbers may differ in the order of summation. */
const rounding = { ulps: 4, absolute: 1e-6 };

describeLowerings(reductionLowerings, {
  All: reduction(tf.all, bools),
  Any: reduction(tf.any, bools),
  ArgMax: position(tf.argMax),
  ArgMin: position(tf.argMin),
  Cumprod: scan(tf.cumprod, rounding),
  Cumsum: scan(tf.cumsum, rounding),
  // No op of tfjs 4.22 emits this kernel, and its backends do not have it.
  LogSoftmax: {
    cases: [
      {
        name: 'rows',
        inputs: [floats(2, 3)],
        run: (...[logits]) =>
          tf.engine().runKernel('LogSoftmax', { logits: logits as tf.Tensor }, { axis: -1 }),
        reference: (...[logits]) => tf.log(tf.softmax(logits as tf.Tensor)),
      },
    ],
    ...rounding,
  },
  Max: ofFloats(tf.max, { signedZeros: false }),
  Mean: ofFloats(tf.mean, rounding),
  Min: ofFloats(tf.min, { signedZeros: false }),
  Prod: ofFloats(tf.prod, rounding),
  Softmax: {
    cases: [
      one('attention scores', scores, (x) => tf.softmax(x)),
      one('rank 1', floats(7), (x) => tf.softmax(x)),
      one('rank 4', floats(2, 2, 3, 5), (x) => tf.softmax(x)),
      one('size 0', floats(0, 3), (x) => tf.softmax(x)),
    ],
    ulps: 4,
    absolute: 1e-7,
  },
  Sum: {
    cases: [
      ...ofFloats(tf.sum).cases,
      one('bools are counted', bools(3, 4), (x) => tf.sum(x, 0)),
      one('no rows add up to zero', floats(0, 3), (x) => tf.sum(x, 0)),
      one('special values one by one', { ...special, shape: [specialFloats.length, 1] }, (x) => tf.sum(x, 1)),
    ],
    ...rounding,
    signedZeros: false,
  },
  TopK: {
    cases: [
      {
        name: 'two of four',
        inputs: [floats(3, 4)],
        run: (...[x]) => Object.values<tf.Tensor>(tf.topk(x as tf.Tensor, 2)),
      },
    ],
  },
});
