import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { atMost, exampleSquare, positiveRatio } from '../example-sums.ts';
import { derivative, transposedDerivative } from '../implicit-equation.ts';
import { maximumIterations } from '../solver.ts';
import type { Place, StepRule } from './step-rule.ts';

export const spectralSchema = z.strictObject({
  name: z.literal('spectral'),
  powerIterations: z
    .int()
    .positive()
    .max(maximumIterations)
    .default(5)
    .describe('power iterations for the largest curvature, at the explicit start only'),
});

type SpectralOptions = z.output<typeof spectralSchema>;

/**
 * One over the largest curvature of ||r||² at the explicit start, 2·sigma_max(I - eulerStep·J)²: half of the largest step
 * with which the linearised descent is stable, so the power iteration may fall short by a factor of two.
 */
export const spectral: StepRule<SpectralOptions> = {
  evaluations: ({ powerIterations }) => ({ phi: 0, products: 2 * powerIterations }),
  choose: (place, options) =>
    place.last?.step ??
    atMost(
      positiveRatio(
        tf.onesLike(exampleSquare(place.residual)),
        largestCurvature(place, options),
        place.stepSize,
      ),
      place.stepSize,
    ),
};

/** Largest eigenvalue of 2·AᵀA, A = I - eulerStep·J, by power iteration from the residual: [B, 1, 1]. */
function largestCurvature(
  { equation, hidden, residual, iteration }: Place,
  { powerIterations }: SpectralOptions,
): tf.Tensor {
  let direction = unit(residual);
  let curvature = tf.zerosLike(exampleSquare(residual));
  for (let round = 0; round < powerIterations; round++) {
    const image = derivative(equation, hidden, direction, residual, iteration); // A·v
    curvature = tf.mul(exampleSquare(image), 2); // Rayleigh quotient of 2AᵀA, as ||v|| = 1
    direction = unit(transposedDerivative(equation, hidden, image, iteration));
  }
  return curvature;
}

/** Scales each example's state to norm 1; a zero state stays. */
function unit(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, positiveRatio(tf.onesLike(exampleSquare(x)), tf.sqrt(exampleSquare(x)), 0));
}
