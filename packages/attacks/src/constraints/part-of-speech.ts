import type { Constraint } from '../engine/attack.ts';
import type { AttackedText } from '../text/attacked-text.ts';

/** Universal parts of speech (12 tags), one a word. */
export type Tagger = (words: readonly string[]) => readonly string[];

/** Equal tags, or a noun for a verb and the other way round. */
export function tagsAgree(a: string, b: string): boolean {
  const both = ['NOUN', 'VERB'];
  return a === b || (both.includes(a) && both.includes(b));
}

/**
 * TextAttack's PartOfSpeech: the words i-4..i+3 of the original, with the word and with the candidate. A word that
 * stands in the window twice is judged by its first place, as list.index does there.
 */
export function samePartOfSpeech(tag: Tagger): Constraint {
  return ({ original, index }, candidates) => {
    const before = original.words.slice(Math.max(index - 4, 0), index);
    const after = original.words.slice(index + 1, index + 4);
    const tagOf = (word: string): string => {
      const words = [...before, word, ...after];
      return tag(words)[words.indexOf(word)] ?? 'X';
    };
    const reference = tagOf(original.words[index] ?? '');
    return Promise.resolve(candidates.map((word) => ({ passes: tagsAgree(reference, tagOf(word)) })));
  };
}

/** TextFooler's own: the candidate's tag in the words i-4..i+4 of the current text, the whole of up to 10 words. */
export function tagInContext(tag: Tagger, { words }: AttackedText, index: number, word: string): string {
  const replaced = words.with(index, word);
  if (words.length <= 10) return tag(replaced)[index] ?? 'X';
  return tag(replaced.slice(Math.max(index - 4, 0), index + 5))[Math.min(4, index)] ?? 'X';
}
