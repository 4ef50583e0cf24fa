import { z } from 'zod';
import type { Connection } from './connection.ts';

/** h_t = layer(h_{t-1}), Eq. 1: BERT as it is. */
export const monotone = {
  prefix: '',
  schema: z.strictObject({
    kind: z.literal('monotone').describe("every layer as in BERT, the paper's Eq. 1"),
  }),
  create: (): Connection => ({
    join: ({ layer, hidden }) => ({ hidden: layer(hidden, 0), residual: null }),
    settings: {},
  }),
};
