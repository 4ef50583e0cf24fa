import { type FloatTensor, floatTensor } from '@im-bert/core';
import { logSoftmax } from '@im-bert/jit';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from './differentiate.ts';
import type { LabelledInputs, NamedTensors } from './types.ts';

/** What a loss may read of a forward pass, in its graph. */
export interface LossView {
  readonly logits: tf.Tensor; // [B, C]
  /** The last layer's state at the first position, before the head [B, D]. */
  readonly features: tf.Tensor;
  /** h_0, the embeddings' output [B, L, D], for a loss that says `readsEmbedded`. */
  readonly embedded?: tf.Tensor;
}

/** A loss as a pure function of tensors; B are the rows of one group. Compiled once, however often it is used. */
export interface LossFunction {
  /** Stands in messages. */
  readonly name: string;
  /**
   * Rows that the loss compares with one another: they follow one another, and no group divides them. Default 1;
   * Infinity for all rows.
   */
  readonly rowsTogether?: number;
  /** Whether the loss reads h_0, which the pass then returns too. */
  readonly readsEmbedded?: boolean;
  /** The sum over the rows of what each adds to the loss: a scalar. */
  readonly evaluate: (view: LossView, inputs: Tensors) => tf.Tensor;
}

/** A loss with the inputs that it takes for one batch, each [B, ...]. */
export interface Loss {
  readonly of: LossFunction;
  readonly inputs: NamedTensors;
}

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
