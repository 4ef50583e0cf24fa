import { UserError } from '@im-bert/core';
import type { Tagger } from '../constraints/part-of-speech.ts';
import type { Synonyms } from '../candidates/wordnet.ts';
import type { WordVectors } from '../candidates/word-vectors.ts';

/** What recipes take their candidates and judgements from; each recipe says what it cannot do without. */
export interface AttackResources {
  readonly vectors?: WordVectors;
  readonly tag?: Tagger;
  readonly synonyms?: Synonyms;
}

const remedies: Readonly<Record<keyof AttackResources, string>> = {
  vectors: 'Give a file of counter-fitted vectors, or take deepwordbug, which needs none.',
  tag: 'Give a tagger, such as winkTagger().',
  synonyms: 'Give synonyms, such as wordNetSynonyms().',
};

/** A resource that a recipe cannot do without. @throws UserError if it is not there */
export function needed<Name extends keyof AttackResources>(
  resources: AttackResources,
  name: Name,
  recipe: string,
): NonNullable<AttackResources[Name]> {
  const found = resources[name];
  if (found === undefined)
    throw new UserError({ where: `attack ${recipe}`, expected: name, got: 'none', remedy: remedies[name] });
  return found;
}
