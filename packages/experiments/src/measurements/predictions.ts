import { z } from 'zod';
import { measurement } from './measurement.ts';

const on = ['clean', 'adversarial', 'original', 'test'] as const;

/** What a model says of each example. */
export const predictions = measurement({
  name: 'predictions',
  version: 1,
  on,
  reads: ['clean', 'iterations'],
  row: z.object({
    split: z.enum(on),
    example: z.string(),
    label: z.int(),
    predicted: z.int(),
    /** One number a class. */
    logits: z.array(z.number()),
    /** Of an adversarial example: where the change sits, and the attack that made it. */
    level: z.string().nullable(),
    method: z.string().nullable(),
  }),
  passes: () => 1,
  measure: async ({ answers }) => {
    const rows = [];
    for (const split of on)
      for (const { example, predicted, logits } of await answers(split))
        rows.push({
          split,
          example: example.id,
          label: example.label,
          predicted,
          logits: [...logits],
          level: example.level ?? null,
          method: example.method ?? null,
        });
    return rows;
  },
});
