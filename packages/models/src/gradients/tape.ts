import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs a function that calls tf.grad from inside the gradient of a customGrad. tfjs ends the outer tape when the inner
 * one ends ("Cannot read properties of null (reading 'forEach')"), as it keeps one tape for both; so the outer one is
 * put back.
 */
export function withinBackward<Result>(differentiate: () => Result): Result {
  const { state } = tf.engine();
  const { activeTape } = state;
  try {
    return differentiate();
  } finally {
    state.activeTape = activeTape;
  }
}
