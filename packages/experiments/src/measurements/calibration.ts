import { mean } from '@im-bert/core';
import { z } from 'zod';
import { measurement } from './measurement.ts';

const on = ['clean', 'adversarial'] as const;
const bins = 10;

/** Whether a model's probabilities are frequencies: by bin of its confidence, how often it is right. */
export const calibration = measurement({
  name: 'calibration',
  version: 1,
  on,
  reads: ['clean', 'iterations'],
  row: z.object({
    split: z.enum(on),
    /** From 0: confidences of a tenth of the way from 0 to 1. */
    bin: z.int(),
    examples: z.int(),
    right: z.int(),
    /** The largest probability, mean over the bin's examples. */
    confidence: z.number(),
    /** Squared distance of the probabilities from the label's, summed over classes (Brier 1950), mean over examples. */
    brier: z.number(),
  }),
  passes: () => 0, // the predictions'
  measure: async ({ answers }) => {
    const rows = [];
    for (const split of on) {
      const judged = (await answers(split)).map(({ example, logits }) => judge(logits, example.label));
      for (let bin = 0; bin < bins; bin++) {
        const own = judged.filter(
          ({ confidence }) => Math.min(bins - 1, Math.floor(bins * confidence)) === bin,
        );
        if (own.length === 0) continue;
        const right = own.filter((one) => one.isRight).length;
        const [confidence, brier] = [
          mean(own.map((one) => one.confidence)),
          mean(own.map((one) => one.brier)),
        ];
        rows.push({ split, bin, examples: own.length, right, confidence, brier });
      }
    }
    return rows;
  },
});

function judge(logits: Float32Array, label: number) {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  const brier = powers.reduce((total, power, at) => total + (power / sum - (at === label ? 1 : 0)) ** 2, 0);
  return { confidence: 1 / sum, isRight: logits.indexOf(largest) === label, brier };
}
