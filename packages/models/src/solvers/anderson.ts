import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defectAt, type Defect, type RootProblem } from './implicit-equation.ts';
import { solvePositiveDefinite } from './positive-definite.ts';
import { maximumIterations, type Solution, type Solver } from './solver.ts';

export const andersonSchema = z.strictObject({
  name: z.literal('anderson'),
  iterations: z.int().min(0).max(maximumIterations).default(5),
  memory: z.int().min(1).max(5).default(5).describe('m: earlier iterations that are combined'),
  mixing: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('beta: share of the way to previous + eulerStep·phi(h)'),
  regularisation: z
    .number()
    .gt(0)
    .max(1)
    .default(1e-4)
    .describe('added to the least-squares problem, as a share of its diagonal'),
});

export type AndersonOptions = z.output<typeof andersonSchema>;

/**
 * Anderson acceleration (type II, Walker & Ni 2011, doi:10.1137/10078356X): each example combines its own past, so no
 * example depends on its batch, and padding takes no part. No derivative of phi, and an exact first-order gradient
 * through the iterations, the least squares included.
 */
export const anderson: Solver<AndersonOptions> = {
  summary: 'Anderson acceleration of the fixed-point iteration, for each example by itself.',
  gradient: 'unrolled',
  amplifiesRounding: false,
  evaluations: ({ iterations }) => ({ phi: iterations, products: 0 }),
  solve: (equation, start, options) =>
    accelerate({ defectAt: (hidden, iteration) => defectAt(equation, hidden, iteration) }, start, options),
};

/** Changes from one iteration to the next, the latest last, each flattened to [B, 1, L·D]. */
interface Past {
  readonly states: readonly tf.Tensor[];
  readonly residuals: readonly tf.Tensor[];
}

/** The iteration itself, for any root problem. */
export function accelerate(
  problem: RootProblem,
  start: tf.Tensor,
  options: Omit<AndersonOptions, 'name'>,
): Solution {
  const defects: Defect[] = [];
  let hidden = start;
  let before: { readonly hidden: tf.Tensor; readonly residual: tf.Tensor } | undefined;
  let past: Past = { states: [], residuals: [] };
  for (let iteration = 0; iteration < options.iterations; iteration++) {
    const defect = problem.defectAt(hidden, iteration);
    const { residual } = defect;
    if (before !== undefined)
      past = {
        states: [...past.states, flatDifference(hidden, before.hidden)].slice(-options.memory),
        residuals: [...past.residuals, flatDifference(residual, before.residual)].slice(-options.memory),
      };
    before = { hidden, residual };
    hidden = tf.sub(tf.sub(hidden, tf.mul(residual, options.mixing)), correction(past, residual, options));
    defects.push(defect);
  }
  return { value: hidden, defects };
}

function flatDifference(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const [batch = 0] = a.shape; // [B, L, D]
  return tf.reshape(tf.sub(a, b), [batch, 1, -1]);
}

/**
 * (dX - beta·dR)·c, where c makes ||r - dR·c||² least: what the plain step is corrected by, [B, L, D].
 */
function correction(
  { states, residuals }: Past,
  residual: tf.Tensor,
  options: Omit<AndersonOptions, 'name'>,
): tf.Tensor {
  if (states.length === 0) return tf.zerosLike(residual);
  const [batch = 0] = residual.shape; // [B, L, D]
  const dX = tf.concat([...states], 1); // [B, m, L·D]
  const dR = tf.concat([...residuals], 1); // [B, m, L·D]
  const weights = leastSquares(dR, tf.reshape(residual, [batch, 1, -1]), options.regularisation); // [B, 1, m]
  const combined = tf.matMul(weights, tf.sub(dX, tf.mul(dR, options.mixing))); // [B, 1, L·D]
  return tf.reshape(combined, residual.shape);
}

/** Keeps an example's system solvable when all its changes are zero; far below the square of any rounding error. */
const floor = 1e-12;

/** The c that makes ||target - changesᵀ·c||² least, by regularised normal equations: [B, m, N], [B, 1, N] to [B, 1, m]. */
function leastSquares(changes: tf.Tensor, target: tf.Tensor, regularisation: number): tf.Tensor {
  const [batch = 0, size = 0] = changes.shape;
  const gram = tf.matMul(changes, changes, false, true); // [B, m, m]
  // A share of each diagonal element, as Levenberg and Marquardt do: changes shrink by orders of magnitude.
  const damped = tf.add(
    tf.mul(gram, tf.add(tf.mul(tf.eye(size), regularisation), 1)),
    tf.mul(tf.eye(size), floor),
  );
  const right = tf.reshape(tf.matMul(changes, target, false, true), [batch, size]);
  return tf.reshape(solvePositiveDefinite(damped, right), [batch, 1, size]);
}
