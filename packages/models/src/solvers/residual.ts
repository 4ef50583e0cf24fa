import { stopGradient } from '@im-bert/jit';
import * as tf from '@tensorflow/tfjs-core';
import { exampleSquare } from './example-sums.ts';
import type { Defect } from './implicit-equation.ts';

/**
 * How far an implicit layer's state was from solving its equation, by iteration (first axis: the explicit start first,
 * the returned state last) and example. Sums over real tokens, unless `maskResidual` is off.
 */
export interface Residual<Leaf> {
  /** ||h - previous - eulerStep·phi(h)|| [T + 1, B] */
  readonly absolute: Leaf;
  /** The same divided by ||eulerStep·phi(h)|| [T + 1, B]. Up to 0.05 is a usual sign of a good solve. */
  readonly relative: Leaf;
}

/** Norms of one state's defect, each [B]. They carry no gradient. */
export function defectNorms({ residual, increment }: Defect): Residual<tf.Tensor> {
  const [batch = 0] = residual.shape; // [B, L, D]
  const square = (x: tf.Tensor): tf.Tensor => tf.reshape(exampleSquare(stopGradient(x)), [batch]);
  const absolute = tf.sqrt(square(residual));
  return { absolute, relative: tf.div(absolute, tf.sqrt(square(increment))) };
}

/** Stacks the norms of successive states, [B] each, to [T + 1, B]. */
export function stackNorms(norms: readonly Residual<tf.Tensor>[]): Residual<tf.Tensor> {
  return {
    absolute: tf.stack(norms.map(({ absolute }) => absolute)),
    relative: tf.stack(norms.map(({ relative }) => relative)),
  };
}
