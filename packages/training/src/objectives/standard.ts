import { z } from 'zod';
import type { Objective } from './objective.ts';

/** Settings of the standard objective: none. */
export const standardSchema = z.strictObject({
  name: z.literal('standard').describe('Cross-entropy of the labels, one pass a step.'),
});

/** Cross-entropy of the labels (the paper's fine-tuning). */
export function standard(): Objective {
  return {
    step: ({ executor, parameters, batch, dropout, into }) =>
      executor.lossAndGradients(parameters, batch, { dropout: dropout(0), into }),
  };
}
