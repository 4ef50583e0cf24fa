import { z } from 'zod';
import { inCaseOf } from '../candidates/word-vectors.ts';
import type { Attack } from '../engine/attack.ts';
import { greedyByImportance } from '../search/greedy-importance.ts';
import { AttackedText } from '../text/attacked-text.ts';
import { type AttackResources, needed } from './recipe.ts';

/** PWWS has no settings. */
export const pwwsSchema = z.strictObject({ name: z.literal('pwws') });

/**
 * PWWS (Ren et al. 2019) as TextAttack has it: WordNet synonyms, words ranked by the softmax of their saliency times what
 * their best synonym reaches. Ranking asks every candidate once, so the search's own first queries are cache hits.
 */
export function pwws({ name }: z.output<typeof pwwsSchema>, resources: AttackResources): Attack {
  const synonyms = needed(resources, 'synonyms', name);
  return {
    name,
    read: (text) => AttackedText.ofWords(text),
    search: greedyByImportance({
      importance: 'weighted-saliency',
      transformation: (word) => synonyms(word).map((other) => inCaseOf(word, other)),
      constraints: [],
    }),
  };
}
