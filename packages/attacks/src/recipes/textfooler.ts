import { z } from 'zod';
import { inCaseOf } from '../candidates/word-vectors.ts';
import { samePartOfSpeech } from '../constraints/part-of-speech.ts';
import { similarEnough } from '../constraints/similarity.ts';
import type { Attack } from '../engine/attack.ts';
import { greedyByImportance } from '../search/greedy-importance.ts';
import { originalTextFooler } from '../search/textfooler-original.ts';
import { AttackedText } from '../text/attacked-text.ts';
import { type AttackResources, needed } from './recipe.ts';

/** Words around a changed one whose similarity is measured, in both variants. */
const window = 15;

/**
 * Settings of TextFooler. Both sources take 50 candidates of cosine 0.5 or more in the official vectors, and bound
 * USE's angle by 0.5 radians (original: 1 - arccos(cos) >= 0.5; TextAttack: 1 - arccos(cos)/pi >= 0.840845).
 */
export const textFoolerSchema = z.strictObject({
  name: z.literal('textfooler'),
  variant: z
    .enum(['original', 'textattack'])
    .default('original')
    .describe("jind11/TextFooler's own code, or TextAttack's recipe textfooler_jin_2019."),
  candidates: z.int().positive().max(1000).default(50).describe('Nearest words that are proposed, at most.'),
  minimumWordCosine: z
    .number()
    .min(-1)
    .max(1)
    .default(0.5)
    .describe(
      'Least cosine of a candidate: 0.5 for the official vectors, 0.7 for 100-d counter-fitted GloVe.',
    ),
  minimumSentenceCosine: z
    .number()
    .min(-1)
    .max(1)
    .default(Math.cos(0.5))
    .describe('Least cosine of 15-word windows before and after; by default cos 0.5, the bound on USE.'),
  shortMinimumSentenceCosine: z
    .number()
    .min(-1)
    .max(1)
    .default(Math.cos(0.9))
    .describe(
      'The same for texts under 15 words, variant original only (its bound there: 1 - arccos >= 0.1).',
    ),
});

/** TextFooler (Jin et al. 2020), as either source has it: methods 2.1 and 2.2. */
export function textFooler(settings: z.output<typeof textFoolerSchema>, resources: AttackResources): Attack {
  const name = `textfooler-${settings.variant}`;
  const vectors = needed(resources, 'vectors', name);
  const tag = needed(resources, 'tag', name);
  const neighbours = (word: string): string[] =>
    vectors
      .nearest(word.toLowerCase(), settings.candidates, settings.minimumWordCosine)
      .map((neighbour) => neighbour.word);
  if (settings.variant === 'original')
    return {
      name,
      read: (text) => AttackedText.ofTokens(text),
      search: originalTextFooler({
        neighbours,
        tag,
        minimumCosine: settings.minimumSentenceCosine,
        shortMinimumCosine: settings.shortMinimumSentenceCosine,
        window,
      }),
    };
  return {
    name,
    read: (text) => AttackedText.ofWords(text),
    search: greedyByImportance({
      importance: 'delete',
      transformation: (word) => neighbours(word).map((other) => inCaseOf(word, other)),
      constraints: [
        samePartOfSpeech(tag),
        similarEnough({ minimumCosine: settings.minimumSentenceCosine, window }),
      ],
    }),
  };
}
