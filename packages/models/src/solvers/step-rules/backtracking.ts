import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { exampleSquare } from '../example-sums.ts';
import { defectAt } from '../implicit-equation.ts';
import { maximumIterations } from '../solver.ts';
import type { Place, StepRule } from './step-rule.ts';

export const backtrackingSchema = z.strictObject({
  name: z.literal('backtracking'),
  trials: z.int().positive().max(maximumIterations).default(4).describe('steps tried, from stepSize down'),
  shrink: z.number().gt(0).lt(1).default(0.25).describe('each trial is this part of the one before'),
});

/** Share of the decrease that the gradient promises which a step must reach (Armijo 1966; the usual 1e-4). */
const sufficient = 1e-4;

/**
 * The largest of a few steps that decreases ||r||² enough; 0 where none does, so the residual never rises. All are tried
 * in every example, as a trace knows no values: one evaluation of phi each.
 */
export const backtracking: StepRule<z.output<typeof backtrackingSchema>> = {
  evaluations: ({ trials }, iterations) => ({ phi: trials * iterations, products: 0 }),
  choose: (place, { trials, shrink }) => {
    const objective = exampleSquare(place.residual); // [B, 1, 1]
    const slope = exampleSquare(place.gradient);
    const steps = Array.from({ length: trials }, (_, trial) => place.stepSize * shrink ** trial);
    return steps.reduceRight<tf.Tensor>((smaller, step) => {
      const enough = tf.lessEqual(
        objectiveAfter(place, step),
        tf.sub(objective, tf.mul(slope, sufficient * step)),
      );
      return tf.where(enough, tf.mul(tf.onesLike(objective), step), smaller);
    }, tf.zerosLike(objective));
  },
};

/** ||r||² after a step along the negative gradient: [B, 1, 1]. NaN, which compares as not enough, if it overflows. */
function objectiveAfter({ equation, hidden, gradient, iteration }: Place, step: number): tf.Tensor {
  const candidate = tf.sub(hidden, tf.mul(gradient, step));
  return exampleSquare(defectAt(equation, candidate, iteration).residual);
}
