import * as tf from '@tensorflow/tfjs-core';

/**
 * Inner product of two states, one number an example, so that no example depends on its batch.
 * @param a [B, L, D]
 * @param b [B, L, D]
 * @returns [B, 1, 1]
 */
export function exampleProduct(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(a, b), [1, 2], true);
}

/** Squared Euclidean norm of each example's state: [B, L, D] to [B, 1, 1]. */
export function exampleSquare(a: tf.Tensor): tf.Tensor {
  return tf.sum(tf.square(a), [1, 2], true);
}

/** numerator / denominator where the denominator is above zero, else `otherwise`; all [B, 1, 1] or numbers. */
export function positiveRatio(
  numerator: tf.Tensor,
  denominator: tf.Tensor,
  otherwise: tf.Tensor | number,
): tf.Tensor {
  const positive = tf.greater(denominator, 0);
  const ratio = tf.div(numerator, tf.where(positive, denominator, tf.onesLike(denominator)));
  return tf.where(positive, ratio, tf.mul(tf.onesLike(denominator), otherwise));
}

/** The smaller of x and a limit, by selection (tf.minimum has no second derivative). */
export function atMost(x: tf.Tensor, limit: number): tf.Tensor {
  return tf.where(tf.less(x, limit), x, tf.mul(tf.onesLike(x), limit));
}
