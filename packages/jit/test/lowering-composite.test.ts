import { floatTensor } from '@im-bert/core';
import * as tf from '@tensorflow/tfjs-core';
import { compositeLowerings } from '../src/lowering/composite.ts';
import { gelu } from '../src/ops/gelu.ts';
import { layerNorm } from '../src/ops/layer-norm.ts';
import { linear } from '../src/ops/linear.ts';
import { describeLowerings, floats, type KernelCases, special, specialFloats } from './support/lowering.ts';

type Run = KernelCases['cases'][number]['run'];

/** The cpu backend's erf is only good to 1.5e-7, and sums of a row are rounded in another order. */
const rounding = { ulps: 8, absolute: 4e-6, signedZeros: false };

const geluGrad: Run = (...[x, dy]) => tf.grad(gelu)(x as tf.Tensor, dy);
const norm =
  (epsilon: number): Run =>
  (...[x, gain, bias]) =>
    layerNorm(x as tf.Tensor, gain as tf.Tensor, bias as tf.Tensor, epsilon);
const normGrads =
  (epsilon: number): Run =>
  (...[x, gain, bias, dy]) =>
    tf.grads((y: tf.Tensor, g: tf.Tensor, b: tf.Tensor) => layerNorm(y, g, b, epsilon))(
      [x, gain, bias] as tf.Tensor[],
      dy,
    );
/** Rows without any spread, where 1 / deviation is what epsilon says. */
const constantRows = floatTensor(Float32Array.of(2, 2, 2, 2, -1, -1, -1, -1), [2, 4]);

const normGradCases: KernelCases['cases'] = [
  { name: 'a matrix', inputs: [floats(3, 4), floats(4), floats(4), floats(3, 4)], run: normGrads(1e-5) },
  {
    name: 'a batch',
    inputs: [floats(2, 3, 8), floats(8), floats(8), floats(2, 3, 8)],
    run: normGrads(1e-12),
  },
  { name: 'constant rows', inputs: [constantRows, floats(4), floats(4), floats(2, 4)], run: normGrads(1e-5) },
];

describeLowerings(compositeLowerings, {
  ImGelu: {
    cases: [
      { name: 'special values', inputs: [{ ...special }], run: (...[x]) => gelu(x as tf.Tensor) },
      { name: 'a batch', inputs: [floats(2, 3, 4)], run: (...[x]) => gelu(x as tf.Tensor) },
      { name: 'rank 0', inputs: [floats()], run: (...[x]) => gelu(x as tf.Tensor) },
      { name: 'size 0', inputs: [floats(0, 4)], run: (...[x]) => gelu(x as tf.Tensor) },
    ],
    ...rounding,
  },
  ImGeluGrad: {
    cases: [
      { name: 'special values', inputs: [special, floats(specialFloats.length)], run: geluGrad },
      { name: 'a batch', inputs: [floats(2, 3, 4), floats(2, 3, 4)], run: geluGrad },
      { name: 'size 0', inputs: [floats(0, 4), floats(0, 4)], run: geluGrad },
    ],
    ...rounding,
  },
  ImLayerNorm: {
    cases: [
      { name: 'a vector', inputs: [floats(8), floats(8), floats(8)], run: norm(1e-5) },
      { name: 'a matrix', inputs: [floats(3, 4), floats(4), floats(4)], run: norm(1e-12) },
      { name: 'a batch', inputs: [floats(2, 3, 8), floats(8), floats(8)], run: norm(1e-12) },
      { name: 'constant rows', inputs: [constantRows, floats(4), floats(4)], run: norm(1e-12) },
      { name: 'no rows', inputs: [floats(0, 4), floats(4), floats(4)], run: norm(1e-5) },
    ],
    ...rounding,
  },
  ImLayerNormGrad: { cases: normGradCases, ...rounding },
  ImLinear: {
    cases: [
      {
        name: 'rows',
        inputs: [floats(5, 3), floats(4, 3), floats(4)],
        run: (...[x, weight, bias]) => linear(x as tf.Tensor, weight as tf.Tensor, bias as tf.Tensor),
      },
      {
        name: 'no rows',
        inputs: [floats(0, 3), floats(4, 3), floats(4)],
        run: (...[x, weight, bias]) => linear(x as tf.Tensor, weight as tf.Tensor, bias as tf.Tensor),
      },
    ],
    ...rounding,
  },
  ImNormalize: { cases: normGradCases, ...rounding },
});
