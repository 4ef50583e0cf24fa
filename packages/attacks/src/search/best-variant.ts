import type { RandomStream } from '@im-bert/core';
import type { Attack, Change } from '../engine/attack.ts';
import type { AttackedText } from '../text/attacked-text.ts';

/** A whole changed text. */
export interface Variant {
  readonly text: string;
  readonly changes: readonly Change[];
}

/** Asks all variants of a text and takes the one with the lowest p_y, the first of equals; none above the original's. */
export function bestVariant(
  variants: (original: AttackedText, random: RandomStream) => readonly Variant[],
): Attack['search'] {
  return async ({ original, first, goal, random }) => {
    const all = variants(original, random);
    const answers = await goal.ask(all.length, (index) => all[index]?.text ?? '');
    let found: { text: string; answer: typeof first; changes: readonly Change[] } = {
      text: original.text,
      answer: first,
      changes: [],
    };
    answers.forEach((answer, index) => {
      const variant = all[index];
      if (variant !== undefined && answer.right < found.answer.right) found = { ...variant, answer };
    });
    return found;
  };
}
