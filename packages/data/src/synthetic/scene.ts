import type { RandomStream } from '@im-bert/core';
import type { Level, Texts } from '../example.ts';

/** A labelled text or pair before it has an id. */
interface Draft {
  readonly texts: Texts;
  readonly label: number;
}

/** A draft that was changed to mislead, and how. */
export interface Twin extends Draft {
  /** Begins with `synthetic-`, so that no table can take it for AdvGLUE's. */
  readonly method: `synthetic-${string}`;
}

/** One situation, told plainly and told in ways that mislead. */
export interface Scene {
  readonly clean: Draft;
  readonly twins: Readonly<Record<Level, () => Twin>>;
}

/** A generator of one task's scenes. */
export interface SceneWriter {
  readonly labels: number;
  /** A scene whose clean text has the label. */
  write(random: RandomStream, label: number): Scene;
  /** Everything it writes, typos aside: texts and word lists whose words are its vocabulary. */
  readonly lexicon: readonly string[];
}

/** Words of one sense: as training shows them, and as only the twins say them. */
export interface Family {
  readonly seen: readonly string[];
  readonly unseen: readonly string[];
  /** Phrases of the same sense in which a word of the other side occurs. */
  readonly lures?: readonly string[];
}

/** The words of a text. */
export function wordsOf(text: string): string[] {
  return text.split(' ');
}

/** A random item. @throws RangeError if there are none */
export function pick<Item>(random: RandomStream, items: readonly Item[]): Item {
  const item = items[random.integer(items.length)];
  if (item === undefined) throw new RangeError('pick: expected a list without holes, got one.');
  return item;
}

/** The template with each `{slot}` replaced by its words. @throws RangeError if a slot has none */
export function fill(template: string, words: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_match, slot: string) => {
    const word = words[slot];
    if (word !== undefined) return word;
    throw new RangeError(`template "${template}": expected words for {${slot}}, got none.`);
  });
}

/** A word of two letters or more with two neighbours swapped or one letter doubled or lost; never the word itself. */
function misspell(random: RandomStream, word: string): string {
  const place = 1 + random.integer(Math.max(1, word.length - 2));
  const [before, letter, after] = [word.slice(0, place), word.charAt(place), word.slice(place + 1)];
  const lost = before + after;
  const doubled = before + letter + letter + after;
  const swapped = before + after.charAt(0) + letter + after.slice(1);
  const misspelt = pick(random, [lost, doubled, swapped]);
  return misspelt === word ? doubled : misspelt;
}

/** The ways to disturb a word, and where a family keeps what takes its place (a typo needs no keeping). */
const disturbances = [
  ['synthetic-typo', () => []],
  ['synthetic-synonym', (family) => family.unseen],
  ['synthetic-paraphrase', (family) => family.lures ?? []],
] as const satisfies readonly (readonly [Twin['method'], (family: Family) => readonly string[]])[];

/**
 * The text with the words of the families disturbed in one way: each with probability `share`, and at least one,
 * misspelt, or replaced by words of the same sense that training never showed or showed on the other side. A way for
 * which a family has no words is a typo there.
 */
export function disturb(
  random: RandomStream,
  text: string,
  families: readonly Family[],
  share: number,
): { readonly text: string; readonly method: Twin['method'] } {
  const words = wordsOf(text);
  const [method, replacements] = pick(random, disturbances);
  const familyAt = (place: number): Family | undefined =>
    families.find(({ seen }) => seen.includes(words[place] ?? ''));
  const places = random.shuffle([...words.keys()].filter((place) => familyAt(place) !== undefined));
  places.forEach((place, count) => {
    const [word, family] = [words[place], familyAt(place)];
    if (word === undefined || family === undefined || (count > 0 && random.uniform() >= share)) return;
    const choices = replacements(family);
    words[place] = choices.length === 0 ? misspell(random, word) : pick(random, choices);
  });
  return { text: words.join(' '), method };
}
