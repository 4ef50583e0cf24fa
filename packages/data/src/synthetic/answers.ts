import type { RandomStream } from '@im-bert/core';
import { disturb, type Family, fill, pick, type Scene, type SceneWriter, wordsOf } from './scene.ts';

/** A kind of detail that a sentence may give. */
interface Detail {
  readonly detail: string;
  readonly cues: readonly Family[];
  readonly values: Family;
}

/** A kind of question, and the details that answer it. */
interface Kind extends Detail {
  readonly question: string;
}

const kinds: readonly [Kind, Kind] = [
  {
    question: 'who was the person that {past} the {object}',
    detail: 'by a noble {value}',
    cues: [
      { seen: ['by'], unseen: ['through'] },
      { seen: ['noble'], unseen: ['mighty'] },
    ],
    values: {
      seen: wordsOf('king queen prince duke'),
      unseen: ['baron', 'emperor'],
      lures: ['man of the winter', 'child of spring'],
    },
  },
  {
    question: 'when and in which season was the {object} {past}',
    detail: 'during the long {value}',
    cues: [
      { seen: ['during'], unseen: ['throughout'] },
      { seen: ['long'], unseen: ['endless'] },
    ],
    values: {
      seen: wordsOf('winter summer spring autumn'),
      unseen: ['dawn', 'harvest'],
      lures: ['reign of the king', 'days of a queen'],
    },
  },
];

/** A detail that answers nothing. */
const vague: Detail = {
  detail: 'for some {value} reason',
  cues: [
    { seen: ['some'], unseen: ['whatever'] },
    { seen: ['reason'], unseen: ['cause'] },
  ],
  values: { seen: wordsOf('unknown odd private secret'), unseen: ['hidden', 'royal'], lures: ['king of a'] },
};

/**
 * Shares that are uneven on purpose. Were questions for a person and for a time as many, and every sentence gave one or
 * the other, no word alone would tell anything, and a tiny model would sit long on the plateau of an exclusive or.
 */
const shareOfPersons = 0.75;
const shareOfVague = 0.5;

const verbs = wordsOf('built opened burned designed repaired closed');
const objects = wordsOf('bridge tower church palace library museum theater road wall mill gate hall');
const ages = wordsOf('old famous small grand stone white big lonely');

const answer = 'the {age} {object} was {past} {detail}';
/** Another thing with the other kind of detail: it answers nothing that was asked. */
const distractions = [
  '{sentence} and a {other} was {done} {detail}',
  'a {other} was {done} {detail} and later {sentence}',
  'a {other} was {done} {detail} and closed {detail} and {sentence}',
];
/** The other kind of detail denied or the own one asserted. */
const rewrites = [
  'not {lure} but {detail} , the {object} was {past}',
  '{detail} and not {lure} the {object} was {past}',
];

/** QNLI's shape: does the sentence answer the question; decided by the kind of detail that it gives. */
export const answers: SceneWriter = {
  labels: 2,
  lexicon: [
    ...kinds.map(({ question }) => question),
    ...[...kinds, vague].flatMap(({ detail, cues, values }) => [
      detail,
      ...[...cues, values].flatMap(({ seen, unseen, lures = [] }) => [...seen, ...unseen, ...lures]),
    ]),
    ...verbs,
    ...objects,
    ...ages,
    answer,
    ...distractions,
    ...rewrites,
  ],
  write: (random, label) => writeScene(random, label),
};

const detailOf = (random: RandomStream, kind: Detail): string =>
  fill(kind.detail, { value: pick(random, kind.values.seen) });

function writeScene(random: RandomStream, label: number): Scene {
  const [person, time] = kinds;
  const [asked, unasked] = random.uniform() < shareOfPersons ? [person, time] : [time, person];
  const beside = random.uniform() < shareOfVague ? vague : unasked;
  const [given, lure] = label === 0 ? [asked, unasked] : [beside, asked];
  const [object = '', other = ''] = random.shuffle(objects);
  const [past = '', done = ''] = random.shuffle(verbs);
  const words = { object, other, past, done, age: pick(random, ages), detail: detailOf(random, given) };
  const question = fill(asked.question, words);
  const sentence = fill(answer, words);
  return {
    clean: { texts: [question, sentence], label },
    twins: {
      word: () => {
        const disturbed = disturb(random, sentence, [...given.cues, given.values], 1);
        return { texts: [question, disturbed.text], label, method: disturbed.method };
      },
      sentence: () => ({
        texts: [
          question,
          fill(pick(random, distractions), { ...words, sentence, detail: detailOf(random, lure) }),
        ],
        label,
        method: 'synthetic-distractor',
      }),
      human: () => ({
        texts: [question, fill(pick(random, rewrites), { ...words, lure: detailOf(random, lure) })],
        label,
        method: 'synthetic-negation',
      }),
    },
  };
}
