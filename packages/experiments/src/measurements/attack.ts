import { type AttackRecord, classifierVictim, runAttacks } from '@im-bert/attacks';
import { predictedClass } from '@im-bert/core';
import { z } from 'zod';
import { attackCost } from '../plan/attack-cost.ts';
import { measurement } from './measurement.ts';

/** What the experiment's attack on the model itself does to each text; an attack that was cut short goes on. */
export const attack = measurement({
  name: 'attack',
  version: 1,
  on: ['attack'],
  reads: ['clean', 'iterations', 'attack'],
  row: z.object({
    example: z.string(),
    label: z.int(),
    /** What the model says of the changed text. */
    predicted: z.int(),
    /** The recipe, such as `textfooler-original`. */
    attack: z.string(),
    /** `skipped`: the model was wrong before; `failed`: it stayed right. */
    status: z.enum(['success', 'failed', 'skipped']),
    /** Those that the cache answered included. */
    queries: z.int(),
    cacheHits: z.int(),
    changedWords: z.int(),
    words: z.int(),
    original: z.string(),
    perturbed: z.string(),
  }),
  passes: attackCost,
  measure: async ({ spec, examples, attackTools, progressFile, progress, ...victim }) => {
    const tools = await attackTools?.();
    if (spec.evaluation.attack === undefined || tools === undefined) return [];
    const { records } = await runAttacks({
      victim: classifierVictim(victim),
      examples: examples('attack'),
      attack: tools.attack,
      seed: spec.seed,
      file: progressFile,
      queryBudget: spec.evaluation.attack.queryBudget ?? null,
      onRecord: (_, { done, total }) => {
        progress(done / total, `attack ${done}/${total}`);
      },
      ...(tools.encoder === undefined ? {} : { encoder: tools.encoder }),
      signal: victim.signal,
    });
    return records.map(rowOf);
  },
});

function rowOf({ id, changes, probabilities, ...record }: AttackRecord) {
  return {
    ...record,
    example: id,
    changedWords: changes.length,
    predicted: predictedClass(probabilities.perturbed),
  };
}
