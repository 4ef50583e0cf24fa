import { stopGradient } from '@im-bert/jit';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { accelerate } from '../solvers/anderson.ts';
import {
  defectAt,
  type ImplicitEquation,
  maskRows,
  type RootProblem,
  transposedDerivative,
} from '../solvers/implicit-equation.ts';
import { maximumIterations } from '../solvers/solver.ts';
import type { GradientMode } from './gradient-mode.ts';
import { withinBackward } from './tape.ts';

export const implicitSchema = z.strictObject({
  name: z.literal('implicit'),
  iterations: z
    .int()
    .positive()
    .max(maximumIterations)
    .default(10)
    .describe('Anderson iterations on the adjoint equation'),
});

/**
 * The implicit function theorem: at a solution h of h = previous + eulerStep·phi(h) an incoming gradient g acts as u with
 * (I - eulerStep·J)ᵀ u = g. First order, and free of the path that the solver took; right only where the solve has
 * converged, so not after five steps of Algorithm 1.
 *
 * phi is evaluated in the backward pass, when tfjs has disposed of what the forward pass made on its way: beside its
 * argument, phi may read arguments of the differentiated function only, and what it derives from them itself.
 */
export const implicit: GradientMode<z.output<typeof implicitSchema>> = {
  value: ({ equation, solution }, { iterations }) => {
    const hidden = stopGradient(solution.value);
    const iteration = solution.defects.length;
    // Its value is not used; its derivative by `previous` and by phi's parameters, at fixed h, is the theorem's other half.
    const carrier = tf.sub(hidden, defectAt(equation, hidden, iteration).residual);
    const attach = tf.customGrad((...inputs) => {
      const save = inputs.at(-1);
      if (typeof save === 'function')
        save([hidden, ...(equation.rowMask === null ? [] : [equation.rowMask])]);
      return {
        value: tf.clone(hidden),
        gradFunc: (gradient: tf.Tensor, saved: tf.Tensor[]) => {
          const [state = hidden, rowMask = null] = saved;
          const operator = { ...equation, rowMask };
          return withinBackward(() => adjoint(operator, state, gradient, iteration, iterations));
        },
      };
    });
    return attach(carrier);
  },
  kept: () => 2,
  training: (_solve, { iterations }) => 5 + 2 * iterations, // the carrier and the start, an evaluation and a product each
};

/** u with (I - eulerStep·J)ᵀ u = gradient, J at `hidden` [B, L, D]. */
function adjoint(
  equation: Omit<ImplicitEquation, 'previous'>,
  hidden: tf.Tensor,
  gradient: tf.Tensor,
  iteration: number,
  iterations: number,
): tf.Tensor {
  const incoming = maskRows(gradient, equation.rowMask);
  const problem: RootProblem = {
    defectAt: (candidate) => {
      const residual = tf.sub(transposedDerivative(equation, hidden, candidate, iteration), incoming);
      return { residual: maskRows(residual, equation.rowMask), increment: candidate };
    },
  };
  return accelerate(problem, incoming, { iterations, memory: 5, mixing: 1, regularisation: 1e-4 }).value;
}
