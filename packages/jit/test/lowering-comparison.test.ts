import { type HostTensor } from '@im-bert/core';
import * as tf from '@tensorflow/tfjs-core';
import { comparisonLowerings } from '../src/lowering/comparison.ts';
import {
  bools,
  describeLowerings,
  floats,
  ints,
  type KernelCases,
  special,
  specialFloats,
} from './support/lowering.ts';

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** Every truth value against every other. */
const four: readonly HostTensor[] = [
  { dtype: 'bool', data: Uint8Array.of(0, 1), shape: [2, 1] },
  { dtype: 'bool', data: Uint8Array.of(0, 1), shape: [2] },
];
const column = { ...special, shape: [specialFloats.length, 1] } as HostTensor;

function comparison(run: Binary): KernelCases {
  const pairs = [
    { name: 'special values', inputs: [column, special] },
    { name: 'integers', inputs: [ints(4, 1), ints(3)] },
    { name: 'integer and float', inputs: [ints(3), floats(2, 3)] },
    { name: 'bools', inputs: [bools(2, 3), bools(3)] },
    { name: 'rank 0', inputs: [floats(), floats()] },
    { name: 'size 0', inputs: [floats(0, 2), floats(2)] },
  ];
  return { cases: pairs.map((one) => ({ ...one, run: (...[a, b]) => run(a as tf.Tensor, b as tf.Tensor) })) };
}

function logical(run: Binary): KernelCases {
  const pairs = [
    { name: 'bools', inputs: [bools(2, 3), bools(3)] },
    { name: 'all four', inputs: four },
    { name: 'size 0', inputs: [bools(0), bools(1)] },
  ];
  return { cases: pairs.map((one) => ({ ...one, run: (...[a, b]) => run(a as tf.Tensor, b as tf.Tensor) })) };
}

function unary(run: (x: tf.Tensor) => tf.Tensor, ...inputs: HostTensor[]): KernelCases {
  return {
    cases: inputs.map((x) => ({
      name: `${x.dtype} [${x.shape.join()}]`,
      inputs: [x],
      run: (...[y]) => run(y as tf.Tensor),
    })),
  };
}

const where: KernelCases['cases'][number]['run'] = (...[c, a, b]) =>
  tf.where(c as tf.Tensor, a as tf.Tensor, b as tf.Tensor);

describeLowerings(comparisonLowerings, {
  Equal: comparison(tf.equal),
  Greater: comparison(tf.greater),
  GreaterEqual: comparison(tf.greaterEqual),
  IsFinite: unary(tf.isFinite, special, floats(0), floats()),
  IsInf: unary(tf.isInf, special, floats(0), floats()),
  IsNan: unary(tf.isNaN, special, floats(0), floats()),
  Less: comparison(tf.less),
  LessEqual: comparison(tf.lessEqual),
  LogicalAnd: logical(tf.logicalAnd),
  LogicalNot: unary(tf.logicalNot, bools(2, 3), bools(), bools(0)),
  LogicalOr: logical(tf.logicalOr),
  // tf.logicalXor is written in the other three; the kernel is here for those who call it by name.
  LogicalXor: {
    cases: [
      {
        name: 'all four',
        inputs: four,
        run: (...[a, b]) => tf.engine().runKernel('LogicalXor', { a: a as tf.Tensor, b: b as tf.Tensor }),
        reference: (...[a, b]) => tf.logicalXor(a as tf.Tensor, b as tf.Tensor),
      },
    ],
  },
  NotEqual: comparison(tf.notEqual),
  Select: {
    cases: [
      { name: 'elements', inputs: [bools(2, 3), floats(2, 3), floats(2, 3)], run: where },
      { name: 'broadcast', inputs: [bools(2, 1), floats(3), floats()], run: where },
      { name: 'keeps NaN out', inputs: [bools(21), special, floats(21)], run: where },
      { name: 'integers', inputs: [bools(3), ints(3), ints(3)], run: where },
      { name: 'size 0', inputs: [bools(0, 2), floats(0, 2), floats(0, 2)], run: where },
      {
        name: 'rows chosen by a list',
        inputs: [bools(2), floats(2, 3), floats(2, 3)],
        run: (...[condition, t, e]) =>
          tf
            .engine()
            .runKernel('Select', { condition: condition as tf.Tensor, t: t as tf.Tensor, e: e as tf.Tensor }),
        // The cpu backend repeats the first element of each row; tf.where never asks it to.
        reference: (...[condition, t, e]) =>
          tf.where(tf.reshape(condition as tf.Tensor, [2, 1]), t as tf.Tensor, e as tf.Tensor),
      },
    ],
    signedZeros: false,
  },
});
