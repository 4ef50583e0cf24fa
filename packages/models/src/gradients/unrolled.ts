import { z } from 'zod';
import type { GradientMode } from './gradient-mode.ts';

export const unrolledSchema = z.strictObject({ name: z.literal('unrolled') });

/**
 * The exact gradient through every iteration: of second order for gradient descent (and explosive at the paper's step on
 * pretrained layers: numerics F), of first order and tame for the fixed-point solvers.
 */
export const unrolled: GradientMode<z.output<typeof unrolledSchema>> = {
  value: ({ solution }) => solution.value,
  kept: ({ phi, products }) => 1 + phi + products,
  training: ({ phi, products }) => 2 * (1 + phi + products),
};
