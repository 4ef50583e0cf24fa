import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '@im-bert/core';
import { stopGradient } from '../ops/stop-gradient.ts';
import { axesOf, keepAxes } from './broadcast.ts';
import { unary } from './rule.ts';

type Reduction = (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor;

/** dy wherever x is the extremum (on ties everywhere, as in tfjs); where that is does not depend smoothly on x. */
function extremum(kernelName: string, attribute: string, reduce: Reduction): tf.GradConfig {
  return unary(kernelName, (dy, x, attributes) => {
    const [constant, axes] = [stopGradient(x), axesOf(attributes[attribute], x.shape)];
    const chosen = tf.equal(constant, reduce(constant, axes, true));
    return tf.mul(keepAxes(dy, x.shape, axes), tf.cast(chosen, 'float32'));
  });
}

/** y·(dy - Σ dy·y); the kernel's `dim` is always the last axis. */
function softmaxGradient(dy: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  const y = tf.softmax(logits);
  return tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), -1, true)));
}

/** Kernels in which places of one row meet. */
export const reductionGradients: readonly tf.GradConfig[] = [
  unary('Sum', (dy, x, { axis }) => tf.broadcastTo(keepAxes(dy, x.shape, axesOf(axis, x.shape)), x.shape)),
  unary('Mean', (dy, x, { axis }) => {
    const axes = axesOf(axis, x.shape);
    const count = sizeOf(axes.map((each) => x.shape[each] ?? 1));
    return tf.broadcastTo(tf.div(keepAxes(dy, x.shape, axes), count), x.shape);
  }),
  extremum('Max', 'reductionIndices', tf.max),
  extremum('Min', 'axis', tf.min),
  unary('Cumsum', (dy, _x, { axis, exclusive, reverse }) =>
    tf.cumsum(dy, axis as number, exclusive as boolean, !(reverse as boolean)),
  ),
  unary('Softmax', softmaxGradient, 'logits'),
];
