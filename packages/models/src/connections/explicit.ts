import { z } from 'zod';
import type { Connection } from './connection.ts';
import { placeOptions, stepOptions, type StepOptions } from './options.ts';
import { explicitStep } from './phi.ts';

/** h_t = h_{t-1} + eulerStep·phi_t(h_{t-1}), Eq. 5: EX-BERT. */
export const explicit = {
  prefix: 'ex',
  schema: z.strictObject({
    kind: z.literal('explicit').describe('a step along phi, Eq. 5'),
    ...placeOptions,
    ...stepOptions,
  }),
  create: ({ eulerStep, phi }: StepOptions): Connection => ({
    join: (joint) => ({ hidden: explicitStep({ eulerStep, phi }, joint), residual: null }),
    settings: { eulerStep, phi },
  }),
};
