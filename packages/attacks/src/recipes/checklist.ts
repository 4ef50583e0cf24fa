import type { RandomStream } from '@im-bert/core';
import { z } from 'zod';
import type { Attack } from '../engine/attack.ts';
import { bestVariant, type Variant } from '../search/best-variant.ts';
import { checkListSearch } from '../search/checklist-greedy.ts';
import { AttackedText } from '../text/attacked-text.ts';

/** Settings of CheckList. */
export const checkListSchema = z.strictObject({
  name: z.literal('checklist'),
  variant: z
    .enum(['notebook', 'textattack'])
    .default('notebook')
    .describe(
      "notebook: URLs and handles, from CheckList's own notebook. textattack: contractions, expansions, numbers, names " +
        'and places, as its recipe; names and places are those of a small list, since there is no NER here.',
    ),
});

const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function randomSigns(random: RandomStream): string {
  return Array.from({ length: 6 }, () => signs[random.integer(signs.length)] ?? '').join('');
}

/**
 * CheckList's invariance test by URLs and handles (Ribeiro et al. 2020; notebooks/Sentiment.ipynb, methods 2.7): five random
 * URLs and five handles, each before and after the text, and "@airline " before it: 21 variants. Or TextAttack's recipe
 * of that name, which changes contractions, numbers, names and places.
 */
export function checkList({ name, variant }: z.output<typeof checkListSchema>): Attack {
  if (variant === 'textattack')
    return {
      name: `${name}-textattack`,
      read: (text) => AttackedText.ofWords(text),
      search: checkListSearch,
    };
  return {
    name,
    read: (text) => AttackedText.ofWords(text),
    search: bestVariant(({ text, words }, random): Variant[] => {
      const urls = Array.from({ length: 5 }, () => `https://t.co/${randomSigns(random)}`);
      const handles = Array.from({ length: 5 }, () => `@${randomSigns(random)}`);
      const before = (to: string): Variant => ({
        text: `${to} ${text}`,
        changes: [{ position: 0, from: '', to }],
      });
      const after = (to: string): Variant => ({
        text: `${text} ${to}`,
        changes: [{ position: words.length, from: '', to }],
      });
      const added = [...urls, ...handles];
      return [...added.map(before), before('@airline'), ...added.map(after)];
    }),
  };
}
