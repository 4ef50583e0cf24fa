import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { StepRule } from './step-rule.ts';

export const fixedSchema = z.strictObject({ name: z.literal('fixed') });

/** The same step always, as in the paper (0.1 there; on pretrained layers 0.01 is about the limit: numerics F). */
export const fixed: StepRule<z.output<typeof fixedSchema>> = {
  evaluations: () => ({ phi: 0, products: 0 }),
  choose: ({ stepSize }) => tf.scalar(stepSize),
};
