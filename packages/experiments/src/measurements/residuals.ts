import { mean } from '@im-bert/core';
import { z } from 'zod';
import { measurement } from './measurement.ts';

/**
 * The relative residual ||r|| / ||phi|| of each implicit layer along its solve. The same pass as the predictions' gives
 * it, which is why `answers` keeps both; a measurement of its own, because its rows are of layers, not of examples.
 */
export const residuals = measurement({
  name: 'residuals',
  version: 1,
  on: ['clean'],
  reads: ['clean', 'iterations'],
  row: z.object({
    /** Counted from 1. */
    layer: z.int(),
    /** 0 for the starting point. */
    iteration: z.int(),
    /** Mean over examples; null if it was not finite for some example. */
    relative: z.number().nullable(),
    examples: z.int(),
  }),
  passes: () => 0, // the predictions'
  measure: async ({ answers }) => {
    const clean = await answers('clean');
    return (clean[0]?.residuals ?? []).flatMap(({ layer, trajectory }, place) =>
      trajectory.map((_, iteration) => ({
        layer,
        iteration,
        relative: mean(clean.map((answer) => answer.residuals[place]?.trajectory[iteration] ?? NaN)),
        examples: clean.length,
      })),
    );
  },
});
