import type * as tf from '@tensorflow/tfjs-core';
import type { ImplicitEquation } from '../solvers/implicit-equation.ts';
import type { Evaluations, Solution } from '../solvers/solver.ts';

/** A solve that has been made, on the tape. */
export interface Solve {
  readonly equation: ImplicitEquation;
  /** h^0, the explicit step [B, L, D]. */
  readonly start: tf.Tensor;
  readonly solution: Solution;
}

/** A way to differentiate through a solve. */
export interface GradientMode<Options> {
  /** What training differentiates: the solve's value, with the gradient that the mode gives it [B, L, D]. */
  readonly value: (solve: Solve, options: Options) => tf.Tensor;
  /** Evaluations of the layer, the explicit start's included, whose inside the backward pass reads. */
  readonly kept: (solve: Evaluations, options: Options) => number;
  /**
   * What training costs beyond the start and the solve, in evaluations of the layer: the backward pass through one counts
   * as two, a product with the layer's Jacobian as one.
   */
  readonly training: (solve: Evaluations, options: Options) => number;
}
