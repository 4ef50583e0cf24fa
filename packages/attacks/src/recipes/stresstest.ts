import { z } from 'zod';
import type { Attack } from '../engine/attack.ts';
import { bestVariant, type Variant } from '../search/best-variant.ts';
import { AttackedText } from '../text/attacked-text.ts';

/** What StressTest's script puts in (Naik et al. 2018); the last is the first five times. */
const tautologies = {
  overlap: ' and true is true',
  negation: ' and false is not true',
  length: ' and true is true'.repeat(5),
} as const;

/** Settings of StressTest. */
export const stressTestSchema = z.strictObject({
  name: z.literal('stresstest'),
  variant: z
    .enum(['repaired', 'script'])
    .default('repaired')
    .describe(
      'repaired: the tautology goes before the closing sign of the text. script: before the FIRST [.!?], and the rest of ' +
        'the text is lost, as in the published script ("mr. hartley" becomes "mr and true is true . "), and in AdvGLUE.',
    ),
});

/**
 * StressTest's distractions (methods 2.8): a tautology before the sentence's end; of the three the best is taken. Its
 * script lengthens the premise and distracts the hypothesis; here all three go into the attacked field.
 */
export function stressTest({ name, variant }: z.output<typeof stressTestSchema>): Attack {
  return {
    name: `${name}-${variant}`,
    read: (text) => AttackedText.ofWords(text),
    search: bestVariant(({ text, words }): Variant[] => {
      const end = variant === 'script' ? /[.!?]/.exec(text)?.index : /\s*[.!?]*\s*$/.exec(text)?.index;
      const head = text.slice(0, end ?? text.length);
      const tail = variant === 'script' ? ' . ' : text.slice(end ?? text.length);
      const position = AttackedText.ofWords(head).words.length;
      const lost = words.slice(position).map((from, at) => ({ position: position + at, from, to: '' }));
      return Object.values(tautologies).map((to) => ({
        text: head + to + tail,
        changes: [{ position, from: '', to: to.trim() }, ...(variant === 'script' ? lost : [])],
      }));
    }),
  };
}
