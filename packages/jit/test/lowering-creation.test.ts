import * as tf from '@tensorflow/tfjs-core';
import { creationLowerings } from '../src/lowering/creation.ts';
import { bools, describeLowerings, floats, ints, type KernelCases, special } from './support/lowering.ts';

type Make = () => tf.Tensor;

function made(cases: Readonly<Record<string, Make>>): KernelCases {
  return { cases: Object.entries(cases).map(([name, run]) => ({ name, inputs: [], run })) };
}

function like(run: (x: tf.Tensor) => tf.Tensor): KernelCases {
  const inputs = {
    floats: special,
    integers: ints(2, 3),
    bools: bools(3),
    'rank 0': floats(),
    'size 0': floats(0, 2),
  };
  return {
    cases: Object.entries(inputs).map(([name, x]) => ({
      name,
      inputs: [x],
      run: (...[y]) => run(y as tf.Tensor),
    })),
  };
}

describeLowerings(creationLowerings, {
  Diag: {
    cases: [
      { name: 'a vector', inputs: [floats(3)], run: (...[x]) => tf.diag(x as tf.Tensor) },
      { name: 'a matrix', inputs: [floats(2, 2)], run: (...[x]) => tf.diag(x as tf.Tensor) },
      { name: 'integers', inputs: [ints(2)], run: (...[x]) => tf.diag(x as tf.Tensor) },
    ],
  },
  Fill: made({
    floats: () => tf.fill([2, 3], 0.25),
    integers: () => tf.fill([2], 7, 'int32'),
    'rank 0': () => tf.fill([], 2),
    'size 0': () => tf.fill([0, 2], 2),
  }),
  LinSpace: made({ five: () => tf.linspace(-1, 1, 5), one: () => tf.linspace(3, 4, 1) }),
  OnesLike: like(tf.onesLike),
  Range: made({
    floats: () => tf.range(0, 1, 0.3),
    integers: () => tf.range(2, 9, 3, 'int32'),
    downwards: () => tf.range(5, 0, -2),
  }),
  ZerosLike: like(tf.zerosLike),
});
