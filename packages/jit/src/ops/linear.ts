import * as tf from '@tensorflow/tfjs-core';
import { type Composite, runComposite } from './composite.ts';

const linearKernel: Composite<'x' | 'weight' | 'bias'> = {
  kernel: 'ImLinear',
  inputs: ['x', 'weight', 'bias'],
  value: ({ x, weight, bias }) => tf.add(tf.matMul(x, weight, false, true), bias),
  gradients: {
    x: (dy, { weight }) => tf.matMul(dy, weight), // [N, in]
    weight: (dy, { x }) => tf.matMul(dy, x, true), // [out, in]
    bias: (dy) => tf.sum(dy, 0), // [out]
  },
};

/**
 * x·weightᵀ + bias, with the weight as PyTorch and Hugging Face store it.
 * @param x [N, in]
 * @param weight [out, in]
 * @param bias [out]
 * @throws RangeError if the shapes do not fit
 */
export function linear(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const [outputs, inputs] = weight.shape;
  const fits = x.rank === 2 && weight.rank === 2 && bias.rank === 1;
  if (!fits || x.shape[1] !== inputs || bias.shape[0] !== outputs)
    throw new RangeError(
      `linear: expected x [N, in], weight [out, in] and bias [out], ` +
        `got [${x.shape.join(', ')}], [${weight.shape.join(', ')}] and [${bias.shape.join(', ')}].`,
    );
  return runComposite(linearKernel, { x, weight, bias }, {});
}
