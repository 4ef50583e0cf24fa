import { floatTensor, type FloatTensor, mean } from '@im-bert/core';
import type { Example } from '@im-bert/data';
import { relativeDrift } from '@im-bert/models';
import { z } from 'zod';
import { measurement, type Subject } from './measurement.ts';
import { perExample } from './per-example.ts';

/** How far attacks move each layer's state at the first position, over the texts whose original is known. */
export const drift = measurement({
  name: 'drift',
  version: 1,
  on: ['original', 'adversarial'],
  reads: ['iterations'],
  row: z.object({
    /** 0 for the embeddings' output. */
    layer: z.int(),
    /** ||h' - h|| / ||h||, h of the original text, mean over examples; null if it was not finite. */
    relative: z.number().nullable(),
    examples: z.int(),
  }),
  passes: () => 1,
  measure: async (subject) => {
    const originals = subject.examples('original');
    if (originals.length === 0) return [];
    const changed = subject.examples('adversarial').filter(({ original }) => original !== undefined);
    const [before, after] = [await firstStates(originals, subject), await firstStates(changed, subject)];
    return relativeDrift(before, after).map((drifts, layer) => ({
      layer,
      relative: mean(drifts),
      examples: changed.length,
    }));
  },
});

/** The first position's states of every example, h_0 to h_N, [examples, 1, D] each. */
async function firstStates(examples: readonly Example[], subject: Subject): Promise<readonly FloatTensor[]> {
  const { executor, model } = subject;
  const { width, layers } = model.config;
  const byExample = await perExample(
    examples,
    subject,
    (batch) => executor.states(model.parameters, batch),
    (states, row) =>
      states.map(({ data, shape: [, length = 0] }) => {
        const start = row * length * width;
        return data.slice(start, start + width);
      }),
  );
  return Array.from({ length: layers + 1 }, (_, layer) => {
    const data = new Float32Array(examples.length * width);
    byExample.forEach((states, example) => {
      data.set(states[layer] ?? [], example * width);
    });
    return floatTensor(data, [examples.length, 1, width]);
  });
}
