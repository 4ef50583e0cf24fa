import { z } from 'zod';

/** Linear warm-up from 0, then linear decay to 0 or a constant rate. */
export const scheduleSchema = z.strictObject({
  warmup: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('Share of all steps over which the rate rises linearly from 0 (the paper gives none).'),
  decay: z
    .enum(['linear', 'constant'])
    .default('linear')
    .describe('What follows the warm-up: a straight line down to 0 at the last step, or no change.'),
});

/** A schedule with every default filled in. */
export type ScheduleSpec = z.infer<typeof scheduleSchema>;

/**
 * The factor on the learning rate at a step, in [0, 1]; the same line as transformers' get_linear_schedule_with_warmup,
 * which gives the first step the rate 0.
 *
 * @param step 0 for the first step
 * @param totalSteps of the whole run
 */
export function scheduleFactor(spec: ScheduleSpec, step: number, totalSteps: number): number {
  const warmupSteps = Math.ceil(spec.warmup * totalSteps);
  if (step < warmupSteps) return step / warmupSteps;
  if (spec.decay === 'constant') return 1;
  return (totalSteps - step) / Math.max(1, totalSteps - warmupSteps);
}
