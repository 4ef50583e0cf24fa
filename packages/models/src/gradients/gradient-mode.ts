import type * as tf from '@tensorflow/tfjs-core';
import type { ImplicitEquation } from '../solvers/implicit-equation.ts';
import type { Solution } from '../solvers/solver.ts';

/** A solve that has been made, on the tape. */
export interface Solve {
  readonly equation: ImplicitEquation;
  /** h^0, the explicit step [B, L, D]. */
  readonly start: tf.Tensor;
  readonly solution: Solution;
}

/** What training differentiates: the solve's value, with the gradient that the mode gives it [B, L, D]. */
export type GradientMode<Options> = (solve: Solve, options: Options) => tf.Tensor;
