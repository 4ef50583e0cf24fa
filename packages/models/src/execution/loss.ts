import { type FloatTensor, floatTensor } from '@im-bert/core';
import { logSoftmax } from '@im-bert/jit';
import * as tf from '@tensorflow/tfjs-core';
import type { LabelledInputs } from './types.ts';

/**
 * What each class counts in the loss: the row's share of the weights at its label, else 0. Made on the host, so that a
 * graph needs no label.
 * @param labels number of classes
 * @returns [B, C]
 */
export function lossTargets(batch: Pick<LabelledInputs, 'labels' | 'weights'>, labels: number): FloatTensor {
  const total = batch.weights.data.reduce((sum, weight) => sum + weight, 0);
  const targets = new Float32Array(batch.labels.data.length * labels);
  batch.labels.data.forEach((label, row) => {
    targets[row * labels + label] = (batch.weights.data[row] ?? 0) / total;
  });
  return floatTensor(targets, [batch.labels.data.length, labels]);
}

/** Cross-entropy, averaged by the targets' shares: a scalar. */
export function crossEntropyLoss(logits: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  return tf.neg(tf.sum(tf.mul(targets, logSoftmax(logits))));
}
