import winkNLP from 'wink-nlp';
import model from 'wink-eng-lite-web-model';
import type { Tagger } from '../constraints/part-of-speech.ts';

/** From Universal Dependencies' tags to the 12 universal ones that nltk gives. */
const universal: Readonly<Record<string, string>> = {
  PROPN: 'NOUN',
  AUX: 'VERB',
  CCONJ: 'CONJ',
  SCONJ: 'ADP', // the Penn tag IN covers both
  PART: 'PRT',
  PUNCT: '.',
  SYM: '.',
  INTJ: 'X',
  SPACE: 'X',
};

/** Windows that are remembered at a time. */
const kept = 50_000;

/** Tags by wink-nlp with its small English model, in place of nltk's tagger. Loading it takes about half a second. */
export function winkTagger(): Tagger {
  const nlp = winkNLP(model, ['sbd', 'pos']);
  const its: Readonly<Record<'pos' | 'precedingSpaces', (index: number, data: unknown) => string>> = nlp.its;
  const known = new Map<string, readonly string[]>();
  const tag = (words: readonly string[]): string[] => {
    const tags: string[] = [];
    const tokens = nlp.readDoc(words.join(' ')).tokens();
    // A word may be several tokens; the first one's tag is the word's.
    const spaces = tokens.out(its.precedingSpaces);
    tokens.out(its.pos).forEach((part, token) => {
      if (tags.length === 0 || spaces[token] !== '') tags.push(universal[part] ?? part);
    });
    return tags;
  };
  return (words) => {
    const key = words.join(' ');
    const tags = known.get(key) ?? tag(words);
    if (known.size >= kept) known.clear();
    known.set(key, tags);
    return tags;
  };
}
