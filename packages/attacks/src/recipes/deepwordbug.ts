import { z } from 'zod';
import { edits } from '../candidates/typos.ts';
import { withinEdits } from '../constraints/edit-distance.ts';
import type { Attack } from '../engine/attack.ts';
import { greedyByImportance } from '../search/greedy-importance.ts';
import { AttackedText } from '../text/attacked-text.ts';

/** Settings of DeepWordBug; the default is TextAttack's. */
export const deepWordBugSchema = z.strictObject({
  name: z.literal('deepwordbug'),
  maximumEdits: z.int().positive().default(30).describe('Levenshtein distance from the original, at most.'),
});

/** DeepWordBug (Gao et al. 2018) as TextAttack has it (methods 2.6): needs no resources. */
export function deepWordBug({ name, maximumEdits }: z.output<typeof deepWordBugSchema>): Attack {
  const kinds = [edits.swapNeighbours, edits.substitute, edits.remove, edits.insert];
  return {
    name,
    read: (text) => AttackedText.ofWords(text),
    search: greedyByImportance({
      importance: 'unknown',
      transformation: (word, random) =>
        kinds.map((edit) => edit(word, random, { inside: false })).filter((other) => other !== null),
      constraints: [withinEdits(maximumEdits)],
    }),
  };
}
