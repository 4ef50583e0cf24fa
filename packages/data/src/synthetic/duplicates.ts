import type { RandomStream } from '@im-bert/core';
import { disturb, type Family, fill, pick, type Scene, type SceneWriter, wordsOf } from './scene.ts';

/** What a question asks about: its phrasings, and the words by which one tells it from the others. */
interface Aspect {
  readonly noun: string;
  readonly phrasings: readonly string[];
  /** Content words first, then helpers. */
  readonly cues: readonly [Family, Family];
}

const method: Aspect = {
  noun: 'method',
  phrasings: [
    'how do i {do} {thing} well',
    'what is the best way to {do} {thing}',
    'which easy steps help me {do} {thing}',
    'how can one {do} {thing} the easy way',
  ],
  cues: [
    {
      seen: ['way', 'steps'],
      unseen: ['technique', 'approach'],
      lures: ['place to begin', 'ways and who will'],
    },
    { seen: wordsOf('how best easy well help me one'), unseen: [] },
  ],
};
const others: readonly Aspect[] = [
  {
    noun: 'price',
    phrasings: [
      'what does it cost and who will pay to {do} {thing}',
      'is it expensive at this price to {do} {thing}',
    ],
    cues: [
      { seen: ['cost', 'price'], unseen: ['fee', 'budget'], lures: ['how much', 'best offer'] },
      { seen: wordsOf('pay expensive does who will it at'), unseen: [] },
    ],
  },
  {
    noun: 'place',
    phrasings: ['where in town can i {do} {thing}', 'in which city or place could i {do} {thing}'],
    cues: [
      { seen: ['town', 'city', 'place'], unseen: ['location', 'region'], lures: ['how far', 'best spot'] },
      { seen: ['where', 'in', 'could'], unseen: [] },
    ],
  },
];

const doings = wordsOf('learn start study practice teach try enjoy explain');
const things = wordsOf(
  'guitar french chess swimming painting cooking dancing physics tennis sailing piano yoga algebra boxing poetry drawing skating fencing rowing spanish',
);

/** Another aspect, mentioned and set aside: the question is the same. */
const asides = [', the {noun} and the {cue} i already know', ', please leave out the {cue} and the {noun}'];
const denials = [
  'not the {noun} nor the {cue} , {question}',
  'never mind the {cue} or the {noun} , {question}',
];

/**
 * QQP's shape: two questions on one subject, duplicates if they ask for the same thing. The first always asks for a
 * method, so that no tiny model must learn an exclusive or.
 */
export const duplicates: SceneWriter = {
  labels: 2,
  lexicon: [
    ...[method, ...others].flatMap(({ noun, phrasings, cues }) => [
      noun,
      ...phrasings,
      ...cues.flatMap(({ seen, unseen, lures = [] }) => [...seen, ...unseen, ...lures]),
    ]),
    ...doings,
    ...things,
    ...asides,
    ...denials,
  ],
  write: (random, label) => writeScene(random, label),
};

function writeScene(random: RandomStream, label: number): Scene {
  const words = { do: pick(random, doings), thing: pick(random, things) };
  const [phrasing = '', paraphrase = ''] = random.shuffle(method.phrasings);
  const other = pick(random, others);
  const [asked, lure] = label === 1 ? [method, other] : [other, method];
  const question = fill(phrasing, words);
  const candidate = fill(label === 1 ? paraphrase : pick(random, other.phrasings), words);
  const lureWords = { noun: lure.noun, cue: pick(random, lure.cues[0].seen), question: candidate };
  return {
    clean: { texts: [question, candidate], label },
    twins: {
      word: () => {
        const disturbed = disturb(random, candidate, asked.cues, 1);
        return { texts: [question, disturbed.text], label, method: disturbed.method };
      },
      sentence: () => ({
        texts: [question, `${candidate} ${fill(pick(random, asides), lureWords)}`],
        label,
        method: 'synthetic-distractor',
      }),
      human: () => ({
        texts: [question, fill(pick(random, denials), lureWords)],
        label,
        method: 'synthetic-negation',
      }),
    },
  };
}
