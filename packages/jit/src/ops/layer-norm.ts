import * as tf from '@tensorflow/tfjs-core';
import { type Composite, runComposite } from './composite.ts';

/** Mean over the last axis, kept: [.., 1]. */
function rowMean(x: tf.Tensor): tf.Tensor {
  return tf.mean(x, -1, true);
}

/** Sum over all axes but the last: [D]. */
function columnSum(x: tf.Tensor): tf.Tensor {
  return tf.sum(tf.reshape(x, [-1, ...x.shape.slice(-1)]), 0);
}

/** 1 / (variance + epsilon) over the last axis: [.., 1]. */
function inverseVariance(x: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.reciprocal(tf.add(rowMean(tf.square(tf.sub(x, rowMean(x)))), epsilon));
}

const normalizeKernel: Composite<'x', 'epsilon'> = {
  kernel: 'ImNormalize',
  inputs: ['x'],
  value: ({ x }, { epsilon }) => {
    const centered = tf.sub(x, rowMean(x));
    return tf.mul(centered, tf.rsqrt(tf.add(rowMean(tf.square(centered)), epsilon)));
  },
  gradients: { x: (dy, { x }, { epsilon }) => normalizeGrad(x, dy, epsilon) },
};

const layerNormKernel: Composite<'x' | 'gain' | 'bias', 'epsilon'> = {
  kernel: 'ImLayerNorm',
  inputs: ['x', 'gain', 'bias'],
  value: ({ x, gain, bias }, { epsilon }) => tf.add(tf.mul(normalize(x, epsilon), gain), bias),
  gradients: {
    x: (dy, { x, gain }, { epsilon }) => layerNormGrad(x, gain, dy, epsilon),
    gain: (dy, { x }, { epsilon }) => columnSum(tf.mul(dy, normalize(x, epsilon))),
    bias: (dy) => columnSum(dy),
  },
};

/**
 * With n = normalize(x), s² = 1/(variance + epsilon) and P(g) = g - mean(g) - n·mean(g·n), the gradient by x is s·P(g),
 * g = dy·gain. P is its own transpose, dn/dx = s·P and ds/dx = -s²·n/D; the three gradients of s·P(g) follow.
 */
const layerNormGradKernel: Composite<'x' | 'gain' | 'dy', 'epsilon'> = {
  kernel: 'ImLayerNormGrad',
  inputs: ['x', 'gain', 'dy'],
  value: ({ x, gain, dy }, { epsilon }) => {
    const [n, g] = [normalize(x, epsilon), tf.mul(dy, gain)];
    const projected = tf.sub(tf.sub(g, rowMean(g)), tf.mul(n, rowMean(tf.mul(g, n))));
    return tf.mul(projected, tf.sqrt(inverseVariance(x, epsilon)));
  },
  gradients: {
    x: (v, { x, gain, dy }, { epsilon }) => {
      const [n, g] = [normalize(x, epsilon), tf.mul(dy, gain)];
      const [vMean, gMean] = [rowMean(v), rowMean(g)]; // [.., 1]
      const [vSlope, gSlope] = [rowMean(tf.mul(v, n)), rowMean(tf.mul(g, n))]; // [.., 1]
      const mixed = tf.sub(
        tf.add(tf.mul(v, gSlope), tf.mul(g, vSlope)),
        tf.add(tf.mul(vMean, gSlope), tf.mul(gMean, vSlope)),
      );
      const along = tf.sub(
        tf.sub(rowMean(tf.mul(v, g)), tf.mul(vMean, gMean)),
        tf.mul(tf.mul(vSlope, gSlope), 3),
      ); // [.., 1]
      return tf.mul(tf.add(mixed, tf.mul(n, along)), tf.neg(inverseVariance(x, epsilon)));
    },
    gain: (v, { x, dy }, { epsilon }) => columnSum(tf.mul(dy, normalizeGrad(x, v, epsilon))),
    dy: (v, { x, gain }, { epsilon }) => tf.mul(normalizeGrad(x, v, epsilon), gain),
  },
};

function normalize(x: tf.Tensor, epsilon: number): tf.Tensor {
  return runComposite(normalizeKernel, { x }, { epsilon });
}

function layerNormGrad(x: tf.Tensor, gain: tf.Tensor, dy: tf.Tensor, epsilon: number): tf.Tensor {
  return runComposite(layerNormGradKernel, { x, gain, dy }, { epsilon });
}

function normalizeGrad(x: tf.Tensor, dy: tf.Tensor, epsilon: number): tf.Tensor {
  return layerNormGrad(x, tf.ones(x.shape.slice(-1)), dy, epsilon);
}

/**
 * Normalises the last axis to mean 0 and variance 1, then scales and shifts it: Ba et al. 2016, arXiv:1607.06450. Any
 * order of derivative is right.
 * @param x [.., D]
 * @param gain [D]
 * @param bias [D]
 * @param epsilon added to the variance, > 0 (1e-12 in BERT, 1e-5 in RoBERTa)
 * @throws RangeError if the shapes do not fit or epsilon is not positive
 */
export function layerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  const width = x.shape.at(-1); // D
  const fits = [gain, bias].every(({ rank, shape }) => rank === 1 && shape[0] === width);
  if (!fits)
    throw new RangeError(
      `layerNorm: expected x [.., D], gain [D] and bias [D], ` +
        `got [${x.shape.join(', ')}], [${gain.shape.join(', ')}] and [${bias.shape.join(', ')}].`,
    );
  if (!(epsilon > 0)) throw new RangeError(`layerNorm: expected epsilon > 0, got ${epsilon}.`);
  return runComposite(layerNormKernel, { x, gain, bias }, { epsilon });
}
