import * as tf from '@tensorflow/tfjs-core';

/**
 * `x`, which gradients do not pass. tfjs has no such op (the usual customGrad with a zero gradient sends zeros back
 * through everything that made `x`, at full cost); here the result is a new tensor on the same data that the tape has
 * never seen, so nothing behind it is differentiated at all.
 *
 * When *every* path to an input is stopped, tfjs says "Cannot compute gradient of y=f(x) with respect to x", as it does
 * for any function that ignores its input.
 * @param x any shape and type
 */
export function stopGradient(x: tf.Tensor): tf.Tensor {
  const engine = tf.engine();
  engine.backend.incRef(x.dataId);
  return engine.makeTensorFromTensorInfo({ dataId: x.dataId, shape: x.shape, dtype: x.dtype });
}
