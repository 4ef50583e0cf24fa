import type { RandomStream } from '@im-bert/core';
import { disturb, type Family, fill, pick, type Scene, type SceneWriter, wordsOf } from './scene.ts';

/** The words of one genre; the mismatched part of the task is written in a genre that training never showed. */
interface Genre {
  readonly people: readonly string[];
  readonly objects: readonly string[];
  readonly places: readonly string[];
}

const matched: Genre = {
  people: wordsOf('teacher farmer doctor student driver singer lawyer baker'),
  objects: wordsOf('car house horse book boat watch letter lamp'),
  places: wordsOf('city village market garden office school'),
};
const mismatched: Genre = {
  people: wordsOf('pilot nurse monk sailor painter judge clerk miner'),
  objects: wordsOf('drum coat ring tent sword mirror carpet basket'),
  places: wordsOf('harbor temple desert castle station forest'),
};

const verbs = [
  { past: 'sold', base: 'sell' },
  { past: 'bought', base: 'buy' },
  { past: 'lost', base: 'lose' },
  { past: 'found', base: 'find' },
  { past: 'painted', base: 'paint' },
  { past: 'borrowed', base: 'borrow' },
] as const;

const premises = [
  'the {person} {past} the {object} in the {place}',
  'in the {place} the {person} {past} the {object}',
];

/**
 * By label: what a reader would conclude, could not know, and would deny. Each says so three times over, in few words
 * that it shares with the others of its label: with fewer, a tiny model keeps two of the labels merged for long.
 */
const hypotheses = [
  [
    'yes , someone surely {past} something',
    'yes , a person surely {past} something',
    'yes , surely somebody {past} something in a place',
    'yes , surely someone {past} something like the {object}',
  ],
  [
    'perhaps the {person} {past} the {object} because a friend was sick',
    'perhaps the {person} {past} the {object} again because of a friend',
    'perhaps because of a friend the {person} {past} the {object}',
  ],
  [
    'no , nobody ever {past} any {object}',
    'no , the {person} never ever {past} any {object}',
    'no , the {person} did not ever {base} any {object}',
    'no , no one ever {past} any {object}',
  ],
] as const;

/** By label: the words that tell it. */
const cues: readonly (readonly Family[])[] = [
  [
    { seen: ['someone', 'somebody'], unseen: ['individual'], lures: ['not nobody'] },
    { seen: ['person'], unseen: ['human'] },
    { seen: ['surely', 'yes'], unseen: ['certainly'], lures: ['without any doubt', 'no doubt'] },
    { seen: ['something'], unseen: ['item'], lures: ['not nothing', 'a friend of nobody'] },
  ],
  [
    { seen: ['because', 'again'], unseen: ['since'], lures: ['not without reason and'] },
    { seen: ['friend'], unseen: ['profit'], lures: ['something dear', 'person'] },
    { seen: ['perhaps', 'sick'], unseen: ['maybe'], lures: ['for all we know', 'not well'] },
  ],
  [
    { seen: ['nobody'], unseen: ['none'], lures: ['not a person', 'not someone'] },
    { seen: ['no', 'not', 'never', 'did'], unseen: ['hardly', 'neither'] },
    { seen: ['ever', 'any'], unseen: ['whatsoever'], lures: ['something of a'] },
  ],
];

/** StressTest's tautologies: they add nothing, and one of them holds a word of denial. */
const tautologies = ['and true is true', 'and false is not true', 'and true is true and true is true'];

/** By label of the clean text: rewrites that turn it or keep it. */
const rewrites = [
  { template: 'it is false that {clean}', label: 2 },
  { template: '{clean} , not for a king', label: 1 },
  { template: 'it is false that {clean}', label: 0 },
] as const;

const genreWords = (genre: Genre): string[] => [...genre.people, ...genre.objects, ...genre.places];

function inferenceIn(genre: Genre): SceneWriter {
  return {
    labels: 3,
    lexicon: [
      ...genreWords(genre),
      ...verbs.flatMap(({ past, base }) => [past, base]),
      ...premises,
      ...hypotheses.flat(),
      ...cues.flat().flatMap(({ seen, unseen, lures = [] }) => [...seen, ...unseen, ...lures]),
      ...tautologies,
      ...rewrites.map(({ template }) => template),
    ],
    write: (random, label) => writeScene(random, genre, label),
  };
}

/** MNLI's shape: does the premise imply, leave open or deny the hypothesis; decided by words that say so. */
export const inference = inferenceIn(matched);
/** The same in a genre of its own, for the mismatched validation and twins. */
export const inferenceMismatched = inferenceIn(mismatched);

function writeScene(random: RandomStream, genre: Genre, label: number): Scene {
  const words = {
    person: pick(random, genre.people),
    object: pick(random, genre.objects),
    place: pick(random, genre.places),
    ...pick(random, verbs),
  };
  const premise = fill(pick(random, premises), words);
  const hypothesis = fill(pick(random, hypotheses[label] ?? []), words);
  return {
    clean: { texts: [premise, hypothesis], label },
    twins: {
      word: () => {
        const disturbed = disturb(random, hypothesis, cues[label] ?? [], 1);
        return { texts: [premise, disturbed.text], label, method: disturbed.method };
      },
      sentence: () => ({
        texts: [premise, `${hypothesis} ${pick(random, tautologies)}`],
        label,
        method: 'synthetic-stress',
      }),
      human: () => {
        const rewrite = rewrites[label] ?? { template: '{clean}', label };
        return {
          texts: [premise, fill(rewrite.template, { clean: hypothesis })],
          label: rewrite.label,
          method: 'synthetic-negation',
        };
      },
    },
  };
}
