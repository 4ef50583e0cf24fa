import type * as tf from '@tensorflow/tfjs-core';
import type { Residual } from '../solvers/residual.ts';

/**
 * An encoder layer with its parameters: [B, L, D] to [B, L, D]. It may be called in the backward pass too, when what the
 * forward pass made is gone: let it read arguments of the differentiated function only.
 * @param evaluation 0 for the evaluation at h_{t-1}, i + 1 for the solver's iteration i; picks the dropout masks
 */
export type Layer = (hidden: tf.Tensor, evaluation: number) => tf.Tensor;

/** What a connection joins. */
export interface Joint {
  readonly layer: Layer;
  /** h_{t-1} [B, L, D] */
  readonly hidden: tf.Tensor;
  /** [B, L], 1 = token */
  readonly tokenMask: tf.Tensor;
  /**
   * Whether the residual of the returned state is wanted, which takes one more evaluation of the layer; else the
   * residuals end with the last iteration's start.
   */
  readonly measureEnd: boolean;
}

/** A layer's outcome. */
export interface Joined {
  /** h_t [B, L, D] */
  readonly hidden: tf.Tensor;
  /** How well the implicit equation is solved, by iteration; null where none is solved. */
  readonly residual: Residual<tf.Tensor> | null;
}

/** A way to get from h_{t-1} to h_t by a layer, its options given. */
export interface Connection {
  readonly join: (joint: Joint) => Joined;
  /** Options that change a number, as they do: part of what a trained model is known by. */
  readonly settings: Readonly<Record<string, unknown>>;
}
