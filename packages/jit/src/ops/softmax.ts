import * as tf from '@tensorflow/tfjs-core';
import { enableSecondOrderGradients } from '../gradients/second-order.ts';
import { stopGradient } from '../gradients/stop-gradient.ts';

/**
 * exp(x) / Σ exp(x) over the last axis, right to any order of derivative (stock tf.softmax is not: numerics A).
 * @param x [.., C]
 */
export function softmax(x: tf.Tensor): tf.Tensor {
  enableSecondOrderGradients();
  return tf.softmax(x);
}

/**
 * log(softmax(x)) over the last axis, without overflow and right to any order of derivative (tf.logSoftmax is not, and
 * cannot be cured from outside: it saves its output in a customGrad).
 * @param x [.., C]
 */
export function logSoftmax(x: tf.Tensor): tf.Tensor {
  enableSecondOrderGradients();
  // Any constant may be subtracted first, so the maximum needs no gradient.
  const shifted = tf.sub(x, tf.max(stopGradient(x), -1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
}
