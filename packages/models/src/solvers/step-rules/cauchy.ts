import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { atMost, exampleSquare, positiveRatio } from '../example-sums.ts';
import { derivative } from '../implicit-equation.ts';
import type { StepRule } from './step-rule.ts';

export const cauchySchema = z.strictObject({ name: z.literal('cauchy') });

/**
 * The step that is best for the linearised equation: with A = I - eulerStep·J and the gradient g = 2Aᵀr, the minimum of
 * ||r - s·A·g||² is at s = ||g||² / (2·||A·g||²). One product with A more an iteration.
 */
export const cauchy: StepRule<z.output<typeof cauchySchema>> = {
  evaluations: (_options, iterations) => ({ phi: 0, products: iterations }),
  choose: ({ equation, iteration, hidden, residual, gradient, stepSize }) => {
    const along = derivative(equation, hidden, gradient, residual, iteration); // A·g
    const step = positiveRatio(exampleSquare(gradient), tf.mul(exampleSquare(along), 2), stepSize);
    return atMost(step, stepSize);
  },
};
