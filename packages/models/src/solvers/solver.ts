import type * as tf from '@tensorflow/tfjs-core';
import type { Defect, ImplicitEquation } from './implicit-equation.ts';

/** Most iterations of a solve, of its parts and of its gradient: every one is a copy of the layer in the compiled graph. */
export const maximumIterations = 200;

/** What a solver hands back. Whether it converged is for the reader of the defects to say: numerics never throw. */
export interface Solution {
  /** The state after the last iteration [B, L, D]. */
  readonly value: tf.Tensor;
  /** The defects that the iterations met, the start's first: as many as there were iterations. */
  readonly defects: readonly Defect[];
}

/** Cost of a solve in evaluations. */
export interface Evaluations {
  /** Evaluations of phi. */
  readonly phi: number;
  /** Products of a vector with phi's Jacobian, transposed or not. */
  readonly products: number;
}

/** A way to solve the implicit equation from a start, a fixed number of iterations long. */
export interface Solver<Options> {
  /** One sentence for the documentation. */
  readonly summary: string;
  /** Gradient by which training differentiates through the solve where the connection names none. */
  readonly gradient: 'detached' | 'unrolled';
  /** Whether it does so to rounding errors what chaos does to small causes, so that another order of sums flips predictions. */
  readonly amplifiesRounding: boolean;
  /** What a solve costs beyond the explicit start. */
  readonly evaluations: (options: Options) => Evaluations;
  /** @param start h^0, the explicit step [B, L, D] */
  readonly solve: (equation: ImplicitEquation, start: tf.Tensor, options: Options) => Solution;
}
