import { stopGradient } from '@im-bert/jit';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { GradientMode } from './gradient-mode.ts';

export const detachedSchema = z.strictObject({ name: z.literal('detached') });

/**
 * The solver's correction is a constant: h^0 + stop(h^T - h^0), so the gradient is the explicit connection's at the
 * implicit state. This is what plain automatic differentiation gives Algorithm 1 (numerics F).
 */
export const detached: GradientMode<z.output<typeof detachedSchema>> = {
  value: ({ start, solution }) => tf.add(start, stopGradient(tf.sub(solution.value, start))),
  kept: () => 1,
  training: () => 2,
};
