import { type FloatTensor, floatTensor } from '@im-bert/core';
import { logSoftmax } from '@im-bert/jit';
import * as tf from '@tensorflow/tfjs-core';
import type { LabelledInputs, Loss, LossFunction } from './types.ts';

/** Cross-entropy of `targets` [B, C], in which each row counts as much as its targets sum to. */
export const crossEntropy: LossFunction = {
  name: 'cross-entropy',
  evaluate: ({ logits }, { targets }) => crossEntropyOf(logits, targets),
};

/** Minus the sum of targets · log softmax(logits), both [B, C]: a scalar. */
export function crossEntropyOf(logits: tf.Tensor, targets: tf.Tensor | undefined): tf.Tensor {
  if (targets === undefined) throw new RangeError('cross-entropy: expected an input "targets", got none.');
  return tf.neg(tf.sum(tf.mul(targets, logSoftmax(logits))));
}

/**
 * What each class counts in the labels' cross-entropy: the row's share of the weights at its label, else 0. Made on the
 * host, so that a graph needs no label.
 * @param labels number of classes
 * @returns [B, C]
 */
export function labelTargets(batch: Pick<LabelledInputs, 'labels' | 'weights'>, labels: number): FloatTensor {
  const total = batch.weights.data.reduce((sum, weight) => sum + weight, 0);
  const targets = new Float32Array(batch.labels.data.length * labels);
  batch.labels.data.forEach((label, row) => {
    targets[row * labels + label] = (batch.weights.data[row] ?? 0) / total;
  });
  return floatTensor(targets, [batch.labels.data.length, labels]);
}

/** Cross-entropy of the labels, averaged over the rows by their weights. */
export function labelLoss(batch: LabelledInputs, labels: number): Loss {
  return { of: crossEntropy, inputs: { targets: labelTargets(batch, labels) } };
}
