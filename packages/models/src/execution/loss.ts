import { type FloatTensor, floatTensor, UserError } from '@im-bert/core';
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
 * What each row counts in a mean over the batch: its share of the weights.
 * @param weights at least 0 each, 1 for a real row and 0 for filler
 * @returns [B]
 * @throws UserError if a weight is no such number, or none is above 0
 */
export function rowShares(weights: Float32Array): Float32Array {
  const odd = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (odd !== -1)
    throw new UserError({
      where: `batch row ${odd}`,
      expected: 'a weight of at least 0',
      got: String(weights[odd]),
    });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0)
    throw new UserError({ where: 'batch', expected: 'a row of weight above 0', got: 'fillers alone' });
  return weights.map((weight) => weight / total);
}

/**
 * What each class counts in the labels' cross-entropy: the row's share of the weights at its label, else 0. Made on the
 * host, so that a graph needs no label.
 * @param labels number of classes
 * @returns [B, C]
 * @throws UserError if a label is not from 0 to C - 1, or the weights are not as `rowShares` takes them
 */
export function labelTargets(batch: Pick<LabelledInputs, 'labels' | 'weights'>, labels: number): FloatTensor {
  const shares = rowShares(batch.weights.data);
  const targets = new Float32Array(batch.labels.data.length * labels);
  batch.labels.data.forEach((label, row) => {
    if (!(label >= 0 && label < labels))
      throw new UserError({
        where: `batch row ${row}`,
        expected: `a label from 0 to ${labels - 1}`,
        got: String(label),
        remedy: 'Does the model have as many classes as the task?',
      });
    targets[row * labels + label] = shares[row] ?? 0;
  });
  return floatTensor(targets, [batch.labels.data.length, labels]);
}

/** Cross-entropy of the labels, averaged over the rows by their weights. */
export function labelLoss(batch: LabelledInputs, labels: number): Loss {
  return { of: crossEntropy, inputs: { targets: labelTargets(batch, labels) } };
}
