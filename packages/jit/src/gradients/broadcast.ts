import * as tf from '@tensorflow/tfjs-core';

/** `x` as float32; free when it is that already. */
export function float(x: tf.Tensor): tf.Tensor {
  return x.dtype === 'float32' ? x : tf.cast(x, 'float32');
}

/**
 * `gradient` summed over the axes along which `shape` was broadcast. Always a new tensor, for tfjs disposes of gradients
 * that it has accumulated.
 */
export function unbroadcast(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, shape);
}

/** `reduced` with its removed axes back as ones, so that it broadcasts against `shape`. */
export function keepAxes(reduced: tf.Tensor, shape: number[], axes: readonly number[]): tf.Tensor {
  return tf.reshape(
    reduced,
    shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
  );
}
