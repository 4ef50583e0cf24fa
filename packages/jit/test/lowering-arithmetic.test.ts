import { type HostTensor } from '@im-bert/core';
import * as tf from '@tensorflow/tfjs-core';
import { arithmeticLowerings } from '../src/lowering/arithmetic.ts';
import {
  describeLowerings,
  floats,
  ints,
  type KernelCases,
  listed,
  special,
  specialFloats,
} from './support/lowering.ts';

type Limits = Omit<KernelCases, 'cases'>;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const column = (data: Float32Array): HostTensor => ({ dtype: 'float32', data, shape: [data.length, 1] });
/** Every special value against every other. */
const table: readonly HostTensor[] = [{ ...special, shape: [specialFloats.length, 1] }, special];

const wide = specialFloats.filter((value) => Math.abs(value) !== Math.fround(1e-8));
const notOne = specialFloats.filter((value) => Math.abs(value) !== 1);
const finiteValues = specialFloats.filter(Number.isFinite);
const finite: HostTensor = { dtype: 'float32', data: finiteValues, shape: [finiteValues.length] };

const broadcasts: readonly (readonly [number[], number[]])[] = [
  [[], []],
  [[3], []],
  [[], [2, 3]],
  [[2, 3], [3]],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [[1], [2, 2]],
  [[0, 3], [3]],
  [[0], [1]],
];

function binary(run: Binary, limits: Limits = {}): KernelCases {
  const pairs = [
    { name: 'special values', inputs: table },
    ...broadcasts.map(([a, b]) => ({
      name: `[${a.join(', ')}] and [${b.join(', ')}]`,
      inputs: [floats(...a), floats(...b)],
    })),
  ];
  return { cases: pairs.map((one) => ({ ...one, run: binaryRun(run) })), ...limits };
}

function binaryRun(run: Binary): (...inputs: tf.Tensor[]) => tf.Tensor {
  return (...[a, b]) => run(a as tf.Tensor, b as tf.Tensor);
}

function integers(run: Binary): KernelCases['cases'] {
  return [
    { name: 'integers', inputs: [ints(4, 3), ints(3)], run: binaryRun(run) },
    {
      name: 'negative integers',
      inputs: [listed([-7, 7, -7, 7]), listed([2, -2, -2, 2])],
      run: binaryRun(run),
    },
    { name: 'integer and float', inputs: [ints(3), floats(2, 3)], run: binaryRun(run) },
  ];
}

function number(run: Binary, limits: Limits = {}): KernelCases {
  return { cases: [...binary(run).cases, ...integers(run)], ...limits };
}

const addN = (...xs: tf.Tensor[]): tf.Tensor => tf.addN(xs);

describeLowerings(arithmeticLowerings, {
  Add: number(tf.add),
  AddN: {
    cases: [
      { name: 'one', inputs: [floats(2, 2)], run: addN },
      { name: 'three', inputs: [floats(2, 2), special, special].slice(1), run: addN },
      { name: 'integers', inputs: [ints(3), ints(3), ints(3)], run: addN },
      { name: 'size 0', inputs: [floats(0, 2), floats(0, 2)], run: addN },
    ],
    // The cpu backend begins with 0, and 0 + -0 is 0.
    signedZeros: false,
  },
  Atan2: binary(tf.atan2, { signedZeros: false }),
  BitwiseAnd: {
    cases: [
      {
        name: 'integers',
        inputs: [listed([12, -1, 7]), listed([10, 5, 0])],
        run: binaryRun((a, b) => tf.bitwiseAnd(a, b)),
      },
    ],
  },
  FloorDiv: {
    cases: [
      {
        name: 'integers of every sign',
        inputs: [listed([-7, 7, -7, 7, 6, -6, 0]), listed([2, -2, -2, 2, 3, 3, 5])],
        run: binaryRun(tf.floorDiv),
      },
      { name: 'size 0', inputs: [ints(0), ints(0)], run: binaryRun(tf.floorDiv) },
    ],
  },
  Maximum: number(tf.maximum, { signedZeros: false }),
  Minimum: number(tf.minimum, { signedZeros: false }),
  Mod: {
    cases: [
      ...binary(tf.mod).cases.slice(1),
      // Not the tiny ones: -1e-8 mod 1 is 1 or 0, as float32 rounds 1 - 1e-8 before the last remainder or after.
      {
        name: 'special values',
        inputs: [column(wide), { dtype: 'float32', data: wide, shape: [wide.length] }],
        run: binaryRun(tf.mod),
      },
    ],
    signedZeros: false,
  },
  Multiply: number(tf.mul),
  Pow: {
    cases: [
      ...binary(tf.pow).cases.slice(1),
      // Not 1 to the power of NaN or infinity: 1 in IEEE 754, NaN in JavaScript.
      { name: 'special bases', inputs: [column(specialFloats), finite], run: binaryRun(tf.pow) },
      { name: 'special exponents', inputs: [column(notOne), special], run: binaryRun(tf.pow) },
    ],
  },
  Prelu: {
    cases: [
      { name: 'a row of slopes', inputs: [floats(2, 3), floats(3)], run: binaryRun(tf.prelu) },
      { name: 'special values', inputs: [special, floats(1)], run: binaryRun(tf.prelu) },
    ],
  },
  RealDiv: binary(tf.div),
  SquaredDifference: number(tf.squaredDifference),
  Sub: number(tf.sub),
});
