import { stopGradient } from '@im-bert/jit';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defectAt, type Defect, halfSquareGradient } from './implicit-equation.ts';
import { maximumIterations, type Solver } from './solver.ts';
import type { Move } from './step-rules/step-rule.ts';
import { chooseStep, stepRuleEvaluations, stepRuleSchema } from './step-rules/step-rules.ts';

export const gradientDescentSchema = z.strictObject({
  name: z.literal('gradient-descent'),
  iterations: z.int().min(0).max(maximumIterations).default(5).describe('T of Algorithm 1'),
  stepSize: z
    .number()
    .positive()
    .default(0.1)
    .describe("Algorithm 1's gamma: the step of the rule `fixed`, the largest step of the others"),
  stepRule: stepRuleSchema.default({ name: 'fixed' }),
});

export type GradientDescentOptions = z.output<typeof gradientDescentSchema>;

/**
 * Algorithm 1: descent on ||r||², summed over an example's tokens, r = h - previous - eulerStep·phi(h).
 *
 * The step that a rule chooses is a constant for every gradient: differentiating through the choice would need third
 * derivatives for a quantity that is only a control.
 */
export const gradientDescent: Solver<GradientDescentOptions> = {
  summary: 'Gradient descent on the squared residual, as in Algorithm 1 of the paper.',
  gradient: 'detached',
  amplifiesRounding: true, // measured: `sensitivity` in the experiments' reports
  evaluations: ({ iterations, stepRule }) => {
    const extra = stepRuleEvaluations(stepRule, iterations);
    return { phi: iterations + extra.phi, products: iterations + extra.products };
  },
  solve: (equation, start, { iterations, stepSize, stepRule }) => {
    const defects: Defect[] = [];
    let hidden = start;
    let last: Move | undefined;
    for (let iteration = 0; iteration < iterations; iteration++) {
      const defect = defectAt(equation, hidden, iteration);
      const { residual } = defect;
      const gradient = tf.mul(halfSquareGradient(equation, hidden, iteration), 2); // [B, L, D]
      const place = { equation, iteration, hidden, residual, gradient, stepSize, last };
      const step = stopGradient(chooseStep(stepRule, place)); // [B, 1, 1] or []
      last = { hidden, gradient, step };
      hidden = tf.sub(hidden, tf.mul(gradient, step));
      defects.push(defect);
    }
    return { value: hidden, defects };
  },
};
