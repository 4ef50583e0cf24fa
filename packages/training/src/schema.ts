import { z } from 'zod';
import { adamSchema } from './adam.ts';
import { objectiveSchema } from './objectives/table.ts';
import { scheduleSchema } from './schedule.ts';

/** How a model is fine-tuned; defaults are the paper's section 4.1 where it gives a value. */
export const trainingSchema = z.strictObject({
  objective: objectiveSchema.prefault({ name: 'standard' }).describe('What is minimized.'),
  optimizer: adamSchema.prefault({}).describe('How weights follow gradients.'),
  schedule: scheduleSchema.prefault({}).describe('How the learning rate moves over the run.'),
  batchSize: z.int().positive().max(1024).default(16).describe('Examples a step (paper: 16).'),
  epochs: z
    .int()
    .positive()
    .max(1000)
    .default(3)
    .describe('Passes over the training examples (the paper gives none).'),
  maxLength: z.int().min(8).max(512).default(128).describe('Tokens a sequence, special ones included.'),
  validationShare: z
    .number()
    .positive()
    .lt(1)
    .default(0.2)
    .describe('Part of the training split that chooses the best epoch (paper: 8:2).'),
  clip: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe('Largest global norm of the gradients; null leaves them as they are.'),
});

/** A training recipe with every default filled in. */
export type TrainingSpec = z.infer<typeof trainingSchema>;
