import type { RandomStream } from '@im-bert/core';

/** Which places of a word an edit may touch. */
interface EditOptions {
  /** Keep the first and the last character. */
  readonly inside: boolean;
}

/** One random edit of a word; null where the word is too short for it. */
type Edit = (word: string, random: RandomStream, options: EditOptions) => string | null;

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

function letter(random: RandomStream): string {
  return letters[random.integer(letters.length)] ?? 'a';
}

/** A place from `first` up to, not including, `end`; null if there is none. */
function place(random: RandomStream, first: number, end: number): number | null {
  return end > first ? first + random.integer(end - first) : null;
}

/** By whole characters, so that an emoji or a rare sign is never cut in two. */
function edited(
  word: string,
  at: (count: number) => number | null,
  edit: (characters: string[], place: number) => void,
): string | null {
  const characters = Array.from(word);
  const where = characters.length > 1 ? at(characters.length) : null;
  if (where === null) return null;
  edit(characters, where);
  return characters.join('');
}

const swapNeighbours: Edit = (word, random, { inside }) =>
  edited(
    word,
    (count) => place(random, inside ? 1 : 0, inside ? count - 2 : count - 1),
    (characters, at) => characters.splice(at, 2, characters[at + 1] ?? '', characters[at] ?? ''),
  );

const substitute: Edit = (word, random, { inside }) =>
  edited(
    word,
    (count) => place(random, inside ? 1 : 0, inside ? count - 1 : count),
    (characters, at) => (characters[at] = letter(random)),
  );

const remove: Edit = (word, random, { inside }) =>
  edited(
    word,
    (count) => place(random, inside ? 1 : 0, inside ? count - 1 : count),
    (characters, at) => characters.splice(at, 1),
  );

const insert: Edit = (word, random, { inside }) =>
  edited(
    word,
    (count) => place(random, inside ? 1 : 0, inside ? count - 1 : count),
    (characters, at) => characters.splice(at, 0, letter(random)),
  );

const insertSpace: Edit = (word, random, { inside }) =>
  edited(
    word,
    (count) => place(random, inside ? 1 : 0, inside ? count - 1 : count),
    (characters, at) => characters.splice(at, 0, ' '),
  );

/** Edits of characters, each as TextAttack's transformation of that sense makes it with `random_one`. */
export const edits = { swapNeighbours, substitute, remove, insert, insertSpace } as const;

/** Signs that look like others (TextAttack's WordSwapHomoglyphSwap). */
const homoglyphs: Readonly<Record<string, string>> = {
  '-': '˗',
  '9': '৭',
  '8': 'Ȣ',
  '7': '𝟕',
  '6': 'б',
  '5': 'Ƽ',
  '4': 'Ꮞ',
  '3': 'Ʒ',
  '2': 'ᒿ',
  '1': 'l',
  '0': 'O',
  "'": '`',
  a: 'ɑ',
  b: 'Ь',
  c: 'ϲ',
  d: 'ԁ',
  e: 'е',
  f: '𝚏',
  g: 'ɡ',
  h: 'հ',
  i: 'і',
  j: 'ϳ',
  k: '𝒌',
  l: 'ⅼ',
  m: 'ｍ',
  n: 'ո',
  o: 'о',
  p: 'р',
  q: 'ԛ',
  r: 'ⲅ',
  s: 'ѕ',
  t: '𝚝',
  u: 'ս',
  v: 'ѵ',
  w: 'ԝ',
  x: '×',
  y: 'у',
  z: 'ᴢ',
};

/** A random one of the word's characters that have a look-alike, replaced by it. */
export const swapHomoglyph: Edit = (word, random) => {
  const characters = Array.from(word);
  const places = [...characters.keys()].filter((at) => homoglyphs[characters[at] ?? ''] !== undefined);
  const at = places.length === 0 ? undefined : places[random.integer(places.length)];
  if (at === undefined) return null;
  return characters.with(at, homoglyphs[characters[at] ?? ''] ?? '').join('');
};
