import type { RandomStream } from '@im-bert/core';
import type { Level, Texts } from '../example.ts';

/** A labelled text or pair before it has an id. */
export interface Draft {
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

/** Words that occur in training, and words of the same sense that only the twins use. */
export interface Family {
  readonly seen: readonly string[];
  readonly unseen: readonly string[];
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

/** The word with two neighbouring letters swapped or one letter doubled or lost; never the word itself. */
export function misspell(random: RandomStream, word: string): string {
  const place = 1 + random.integer(Math.max(1, word.length - 2));
  const [before, letter, after] = [word.slice(0, place), word.charAt(place), word.slice(place + 1)];
  const lost = before + after;
  const doubled = before + letter + letter + after;
  const swapped = before + after.charAt(0) + letter + after.slice(1);
  const misspelt = pick(random, [lost, doubled, swapped]);
  return misspelt === word ? doubled : misspelt;
}

/**
 * The text with its `targets` disturbed: each with probability `share`, and at least one, misspelt or (where `swap`
 * knows one) replaced by a word of the same sense that training never showed.
 */
export function disturb(
  random: RandomStream,
  text: string,
  targets: ReadonlySet<string>,
  swap: (word: string) => string | undefined,
  share: number,
): { text: string; method: Twin['method'] } {
  const words = wordsOf(text);
  const places = random.shuffle([...words.keys()].filter((place) => targets.has(words[place] ?? '')));
  const method = pick(random, ['synthetic-typo', 'synthetic-synonym'] as const);
  places.forEach((place, count) => {
    const word = words[place];
    if (word === undefined || (count > 0 && random.uniform() >= share)) return;
    words[place] = (method === 'synthetic-synonym' ? swap(word) : undefined) ?? misspell(random, word);
  });
  return { text: words.join(' '), method };
}

/** Picks a word of `unseen` for a word of `seen`, family by family. */
export function synonymIn(
  random: RandomStream,
  families: readonly Family[],
): (word: string) => string | undefined {
  return (word) => {
    const family = families.find(({ seen }) => seen.includes(word));
    return family === undefined || family.unseen.length === 0 ? undefined : pick(random, family.unseen);
  };
}
