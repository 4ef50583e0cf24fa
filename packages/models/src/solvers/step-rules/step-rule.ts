import type * as tf from '@tensorflow/tfjs-core';
import type { ImplicitEquation } from '../implicit-equation.ts';
import type { Evaluations } from '../solver.ts';

/** One iteration that was made. */
export interface Move {
  /** Where it started [B, L, D]. */
  readonly hidden: tf.Tensor;
  /** Gradient of ||r||² there [B, L, D]. */
  readonly gradient: tf.Tensor;
  /** How far it went along the negative gradient, [B, 1, 1] or [] for all examples alike. */
  readonly step: tf.Tensor;
}

/** Where the descent stands when it asks how far to go. */
export interface Place extends Omit<Move, 'step'> {
  readonly equation: ImplicitEquation;
  /** From 0. */
  readonly iteration: number;
  readonly residual: tf.Tensor; // [B, L, D]
  /** The largest step allowed, > 0. */
  readonly stepSize: number;
  readonly last: Move | undefined;
}

/** A rule for the step of gradient descent. Rules choose for each example by itself, so batches do not matter. */
export interface StepRule<Options> {
  /** What the rule adds to the cost of a solve of so many iterations. */
  readonly evaluations: (options: Options, iterations: number) => Evaluations;
  /** The step, [B, 1, 1] or []. */
  readonly choose: (place: Place, options: Options) => tf.Tensor;
}
