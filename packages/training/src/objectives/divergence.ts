import { type FloatTensor, floatTensor } from '@im-bert/core';
import { logSoftmax, stopGradient } from '@im-bert/jit';
import * as tf from '@tensorflow/tfjs-core';
import { crossEntropyOf, type LossFunction } from '@im-bert/models';

// Losses that compare two predictions. "Shares" [B] are what rows count, 0 for fillers; they sum to 1.

/** KL(p || q) of softmax(a) and softmax(b), row by row: [B, C] each, to [B]. */
function divergence(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const [logP, logQ] = [logSoftmax(a), logSoftmax(b)];
  return tf.sum(tf.mul(tf.exp(logP), tf.sub(logP, logQ)), -1);
}

/** KL(p || q) + KL(q || p), row by row, with the gradient of both sides: [B, C] each, to [B]. */
export function symmetricDivergence(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.add(divergence(a, b), divergence(b, a));
}

/** The input of that name. */
export function inputOf(inputs: Readonly<Record<string, tf.Tensor>>, name: string): tf.Tensor {
  const input = inputs[name];
  if (input === undefined) throw new RangeError(`loss: expected an input "${name}", got none.`);
  return input;
}

/** Symmetric divergence from fixed logits `anchor` [B, C]; inputs `anchor`, `shares`. */
export const divergenceFromAnchor: LossFunction = {
  name: 'divergence from an anchor',
  evaluate: ({ logits }, inputs) =>
    tf.sum(
      tf.mul(inputOf(inputs, 'shares'), symmetricDivergence(logits, stopGradient(inputOf(inputs, 'anchor')))),
    ),
};

/**
 * Cross-entropy of rows 0, 2, 4 ... and a symmetric divergence between each of them and the next row; both sides get
 * gradients. Inputs, on 2B rows: `targets` [2B, C], zero on odd rows; `shares` [2B], the divergence's weight times the row's
 * share on even rows.
 */
export const pairedDivergence: LossFunction = {
  name: 'cross-entropy and divergence of pairs',
  rowsTogether: 2,
  evaluate: ({ logits }, inputs) => {
    const [clean, noisy] = pairs(logits);
    const [shares] = pairs(tf.expandDims(inputOf(inputs, 'shares'), 1));
    const penalty = tf.sum(tf.mul(tf.squeeze(shares, [1]), symmetricDivergence(clean, noisy)));
    return tf.add(crossEntropyOf(logits, inputs['targets']), penalty);
  },
};

/** Even and odd rows of [2B, C], each [B, C]. */
export function pairs(rows: tf.Tensor): readonly [even: tf.Tensor, odd: tf.Tensor] {
  const [count = 0, classes = 0] = rows.shape;
  const both = tf.reshape(rows, [count / 2, 2, classes]);
  const side = (index: number): tf.Tensor =>
    tf.reshape(tf.slice(both, [0, index, 0], [count / 2, 1, classes]), [count / 2, classes]);
  return [side(0), side(1)];
}

/** softmax of host logits [B, C], each row times its share. */
export function sharedProbabilities({ data, shape }: FloatTensor, shares: Float32Array): FloatTensor {
  const classes = shape[1] ?? 0;
  const probabilities = new Float32Array(data.length);
  shares.forEach((share, row) => {
    const logits = data.subarray(row * classes, (row + 1) * classes);
    logarithms(logits).forEach((value, label) => {
      probabilities[row * classes + label] = share * Math.exp(value);
    });
  });
  return floatTensor(probabilities, shape);
}

/** Symmetric divergence of host logits, averaged by the rows' shares. */
export function meanDivergence(a: FloatTensor, b: FloatTensor, shares: Float32Array): number {
  const classes = a.shape[1] ?? 0;
  let sum = 0;
  shares.forEach((share, row) => {
    if (share === 0) return;
    const logP = logarithms(a.data.subarray(row * classes, (row + 1) * classes));
    const logQ = logarithms(b.data.subarray(row * classes, (row + 1) * classes));
    // KL(p || q) + KL(q || p) = Σ (p - q)(log p - log q)
    logP.forEach((p, label) => {
      const q = logQ[label] ?? NaN;
      sum += share * (Math.exp(p) - Math.exp(q)) * (p - q);
    });
  });
  return sum;
}

/** Cross-entropy of host logits under targets, [B, C] both. */
export function meanCrossEntropy({ data, shape }: FloatTensor, targets: FloatTensor): number {
  const classes = shape[1] ?? 0;
  let sum = 0;
  for (let start = 0; start < data.length; start += classes)
    logarithms(data.subarray(start, start + classes)).forEach((value, label) => {
      sum -= (targets.data[start + label] ?? 0) * value;
    });
  return sum;
}

/** log softmax of one row. */
function logarithms(logits: Float32Array): number[] {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const normaliser = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
  return Array.from(logits, (logit) => logit - largest - normaliser);
}
