import * as tf from '@tensorflow/tfjs-core';
import { type Composite, runComposite } from './composite.ts';

/** Φ(x), the standard normal distribution function. */
function normalDistribution(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}

/** φ(x), the standard normal density. */
function normalDensity(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
}

const geluKernel: Composite<'x'> = {
  kernel: 'ImGelu',
  inputs: ['x'],
  value: ({ x }) => tf.mul(x, normalDistribution(x)),
  gradients: { x: (dy, { x }) => geluGrad(x, dy) },
};

const geluGradKernel: Composite<'x' | 'dy'> = {
  kernel: 'ImGeluGrad',
  inputs: ['x', 'dy'],
  value: ({ x, dy }) => tf.mul(dy, tf.add(normalDistribution(x), tf.mul(x, normalDensity(x)))),
  gradients: {
    // Φ + x·φ has the derivative (2 - x²)·φ.
    x: (ddy, { x, dy }) => tf.mul(tf.mul(ddy, dy), tf.mul(tf.sub(2, tf.square(x)), normalDensity(x))),
    dy: (ddy, { x }) => geluGrad(x, ddy),
  },
};

/** dy·(Φ(x) + x·φ(x)): the gradient of gelu, a kernel of its own so that a trace can order its passes over memory. */
function geluGrad(x: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  return runComposite(geluGradKernel, { x, dy }, {});
}

/**
 * x·Φ(x), the exact (erf) GELU of Hendrycks & Gimpel 2016, arXiv:1606.08415; any order of derivative is right.
 * @param x any shape
 */
export function gelu(x: tf.Tensor): tf.Tensor {
  return runComposite(geluKernel, { x }, {});
}
