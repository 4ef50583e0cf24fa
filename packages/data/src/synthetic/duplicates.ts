import type { RandomStream } from '@im-bert/core';
import { disturb, type Family, fill, pick, type Scene, type SceneWriter, synonymIn } from './scene.ts';

/** What a question asks about: its phrasings, and the words by which one tells it from the others. */
interface Aspect {
  readonly noun: string;
  readonly phrasings: readonly string[];
  readonly cues: Family;
}

const aspects: readonly Aspect[] = [
  {
    noun: 'method',
    phrasings: ['how do i {do} {thing}', 'what is the best way to {do} {thing}', 'which steps help me {do} {thing}'],
    cues: { seen: ['how', 'way', 'steps'], unseen: ['technique', 'approach'] },
  },
  {
    noun: 'price',
    phrasings: ['what does it cost to {do} {thing}', 'is it expensive to {do} {thing}', 'what money do i pay to {do} {thing}'],
    cues: { seen: ['cost', 'expensive', 'money', 'pay'], unseen: ['fee', 'budget'] },
  },
]; // prettier-ignore

const doings = ['learn', 'start', 'study', 'practice', 'teach', 'try'];
const things = [
  'guitar', 'french', 'chess', 'swimming', 'painting', 'cooking', 'dancing', 'physics', 'tennis', 'sailing', 'piano', 'yoga',
]; // prettier-ignore

/** The other aspect, mentioned and set aside: the question is the same. */
const asides = [', the {noun} i already know', ', please leave out the {cue} and the {noun}'];
const denials = [
  'not the {noun} and not the {cue} , but {question}',
  'never mind the {cue} or the {noun} , {question}',
];

/** QQP's shape: two questions on one subject, duplicates if they ask for the same thing. */
export const duplicates: SceneWriter = {
  labels: 2,
  lexicon: [
    ...aspects.flatMap(({ noun, phrasings, cues }) => [noun, ...phrasings, ...cues.seen, ...cues.unseen]),
    ...doings, ...things, ...asides, ...denials,
  ],
  write: (random, label) => writeScene(random, label),
}; // prettier-ignore

function writeScene(random: RandomStream, label: number): Scene {
  const [first, other] = random.shuffle(aspects);
  if (first === undefined || other === undefined) throw new RangeError('duplicates: expected two aspects.');
  const second = label === 1 ? first : other;
  const words = { do: pick(random, doings), thing: pick(random, things) };
  const [phrasing = '', paraphrase = ''] = random.shuffle(first.phrasings);
  const question = fill(phrasing, words);
  const candidate = fill(label === 1 ? paraphrase : pick(random, second.phrasings), words);
  /** The aspect that would turn the label, were the second question about it. */
  const lure = second === first ? other : first;
  const lureWords = { noun: lure.noun, cue: pick(random, lure.cues.seen), question: candidate };
  return {
    clean: { texts: [question, candidate], label },
    twins: {
      word: () => {
        const swap = synonymIn(
          random,
          aspects.map(({ cues }) => cues),
        );
        const { text, method } = disturb(random, candidate, new Set(second.cues.seen), swap, 1);
        return { texts: [question, text], label, method };
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
