import * as tf from '@tensorflow/tfjs-core';

/** The first `count` entries of an axis; by default that of the positions in [B, L, D]. All of them: x itself. */
export function firstPositions(x: tf.Tensor, count: number, axis = 1): tf.Tensor {
  if (x.shape[axis] === count) return x;
  const size = x.shape.map((length, index) => (index === axis ? count : length));
  return tf.slice(x, new Array<number>(x.rank).fill(0), size);
}
