import { z } from 'zod';
import { edits, swapHomoglyph } from '../candidates/typos.ts';
import { inCaseOf } from '../candidates/word-vectors.ts';
import { similarEnough } from '../constraints/similarity.ts';
import type { Attack } from '../engine/attack.ts';
import { greedyByImportance } from '../search/greedy-importance.ts';
import { AttackedText } from '../text/attacked-text.ts';
import { type AttackResources, needed } from './recipe.ts';

/** Settings of TextBugger; defaults are TextAttack's (its bound on USE: 1 - arccos(cos)/pi >= 0.8 on whole texts). */
export const textBuggerSchema = z.strictObject({
  name: z.literal('textbugger'),
  candidates: z.int().positive().max(1000).default(5).describe('Nearest words that are proposed.'),
  minimumSentenceCosine: z
    .number()
    .min(-1)
    .max(1)
    .default(Math.cos(0.2 * Math.PI))
    .describe('Least cosine of the whole texts before and after; by default cos 0.2 pi, the bound on USE.'),
});

/** TextBugger (Li et al. 2019) as TextAttack has it (methods 2.4): four edits inside the word, or a near word. */
export function textBugger(settings: z.output<typeof textBuggerSchema>, resources: AttackResources): Attack {
  const { name, candidates, minimumSentenceCosine } = settings;
  const vectors = needed(resources, 'vectors', name);
  const kinds = [edits.insertSpace, edits.remove, edits.swapNeighbours, swapHomoglyph];
  return {
    name,
    read: (text) => AttackedText.ofWords(text),
    search: greedyByImportance({
      importance: 'delete',
      transformation: (word, random) => [
        ...kinds.map((edit) => edit(word, random, { inside: true })).filter((other) => other !== null),
        ...vectors.nearest(word.toLowerCase(), candidates, -1).map((near) => inCaseOf(word, near.word)),
      ],
      constraints: [similarEnough({ minimumCosine: minimumSentenceCosine, window: null })],
    }),
  };
}
