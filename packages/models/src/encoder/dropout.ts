import * as tf from '@tensorflow/tfjs-core';

/**
 * Drops what the mask does not keep and scales up the rest, so that the mean stays.
 * @param x any shape
 * @param keep bool, of the shape of x, 1 = keep; null: no dropout
 * @param rate chance of being dropped, in [0, 1); the mask must have been drawn at it
 */
export function dropout(x: tf.Tensor, keep: tf.Tensor | null, rate: number): tf.Tensor {
  if (keep === null || rate === 0) return x;
  return tf.mul(x, tf.mul(tf.cast(keep, 'float32'), 1 / (1 - rate)));
}
