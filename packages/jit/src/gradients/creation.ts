import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '@im-bert/core/tensor';
import type { CreationKernel } from '../kernels/families.ts';
import { type Gradients, unary, zero } from './rule.ts';

/** The diagonal of dy, which has the axes of x twice. */
function diagonalOf(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const size = sizeOf(x.shape);
  return tf.reshape(tf.sum(tf.mul(tf.reshape(dy, [size, size]), tf.eye(size)), 1), x.shape);
}

/** Kernels that make tensors from numbers, or from the shape of another. */
export const creationGradients: Gradients<CreationKernel> = {
  Diag: unary(diagonalOf),
  Fill: zero(),
  LinSpace: zero(),
  OnesLike: zero('x'),
  Range: zero(),
  ZerosLike: zero('x'),
};
