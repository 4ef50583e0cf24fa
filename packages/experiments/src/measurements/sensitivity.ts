import { mean } from '@im-bert/core';
import { roundingSensitivity } from '@im-bert/models';
import { z } from 'zod';
import { measurement } from './measurement.ts';
import { perExample } from './per-example.ts';

const draws = 4;
const products = 2; // a change as another order of sums makes it, and its growth fed back in once

/**
 * Sensitivity to rounding: what changing the word embeddings by a unit in the last place does to the answers. Of every
 * model, since those that amplify nothing are what the others are compared with.
 */
export const sensitivity = measurement({
  name: 'sensitivity',
  version: 2, // since 2 also of tasks without adversarial texts
  on: ['probe'],
  reads: ['clean', 'iterations'],
  row: z.object({
    /** Whose texts these are. */
    split: z.enum(['clean', 'adversarial']),
    /** 0 for the words as they are, then the draws of noise. */
    draw: z.int(),
    /** Examples that the model has right. */
    right: z.int(),
    /** Examples whose answer is another one than without noise. */
    flipped: z.int(),
    examples: z.int(),
    /** How many times larger a small change leaves the encoder than it came in: geometric mean over examples. */
    growth: z.number().nullable(),
    /** The largest change of a class score under any draw. */
    logitShift: z.number(),
  }),
  passes: () => 2 + draws + products,
  measure: async (subject) => {
    const { executor, model } = subject;
    const split = subject.examples('adversarial').length > 0 ? ('adversarial' as const) : ('clean' as const);
    const found = await perExample(
      subject.examples('probe'),
      subject,
      async (batch) => ({
        labels: batch.labels.data,
        rows: await roundingSensitivity(executor, model, batch, { draws, products }),
      }),
      ({ labels, rows }, row) => ({ label: labels[row], ...rows[row] }),
    );
    if (found.length === 0) return [];
    const growth = Math.exp(mean(found.map((one) => Math.log(one.growth ?? NaN))));
    const logitShift = Math.max(...found.map((one) => one.logitShift ?? NaN));
    return Array.from({ length: draws + 1 }, (_, draw) => {
      const answers = found.map((one) => (draw === 0 ? one.predicted : one.disturbed?.[draw - 1]));
      return {
        split,
        draw,
        right: answers.filter((answer, place) => answer === found[place]?.label).length,
        flipped: answers.filter((answer, place) => answer !== found[place]?.predicted).length,
        examples: found.length,
        growth,
        logitShift,
      };
    });
  },
});
