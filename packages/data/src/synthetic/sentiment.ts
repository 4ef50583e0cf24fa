import type { RandomStream } from '@im-bert/core';
import { disturb, type Family, fill, pick, type Scene, type SceneWriter, wordsOf } from './scene.ts';

const negative: Family = {
  seen: wordsOf('dull awful boring clumsy stale tedious ugly weak lifeless shallow painful sloppy'),
  unseen: wordsOf('dreary dismal wooden insipid lame vapid'),
  lures: ['hardly charming', 'less than funny', 'never clever'],
};
const positive: Family = {
  seen: wordsOf('charming brilliant funny fresh moving lovely clever strong graceful deep delightful warm'),
  unseen: wordsOf('superb witty touching splendid gripping radiant'),
  lures: ['hardly dull', 'anything but boring', 'never stale'],
};
const families = [negative, positive] as const;

const films = wordsOf('film movie comedy drama story picture sequel thriller');
const parts = wordsOf('cast plot script music acting dialogue ending camera humor pace');
const sides = wordsOf('popcorn seats trailer poster parking weather');

const plain = [
  'a {a} {film} with {b} {part}',
  'the {part} is {a} and the {film} feels {b}',
  'this {film} has {a} {part} and {b} {other}',
  'a {a} , {b} and {c} {film}',
  'the {film} is {a} thanks to its {b} {part}',
];
/** Words of the other side, said of something else: the verdict on the film stands. */
const distractions = [
  ', although the {side} was {x} , the {room} {y} and the evening {z}',
  ', but a friend had a {x} day , a {y} week and a {z} year',
];
/** Words of the other side, denied, alone or beside words of the own side. */
const negations = [
  'the {film} is not {x} and its {part} is never {y}',
  'nothing in this {film} is {x} or {y}',
  'far from {x} or {y} , the {film} has {a} {part} and {b} {other}',
  'not a {x} {film} , but {a} and {b}',
];

/** SST-2's shape: one sentence on a film, decided by its evaluative words. */
export const sentiment: SceneWriter = {
  labels: 2,
  lexicon: [
    ...families.flatMap(({ seen, unseen, lures = [] }) => [...seen, ...unseen, ...lures]),
    ...films,
    ...parts,
    ...sides,
    ...plain,
    ...distractions,
    ...negations,
  ],
  write: (random, label) => writeScene(random, label),
};

function writeScene(random: RandomStream, label: number): Scene {
  const [own, opposite] = label === 0 ? [negative, positive] : [positive, negative];
  const [a = '', b = '', c = ''] = random.shuffle(own.seen);
  const [x = '', y = '', z = ''] = random.shuffle(opposite.seen);
  const [part = '', other = ''] = random.shuffle(parts);
  const [side = '', room = ''] = random.shuffle(sides);
  const words = { a, b, c, x, y, z, part, other, side, room, film: pick(random, films) };
  const text = fill(pick(random, plain), words);
  return {
    clean: { texts: [text], label },
    twins: {
      word: () => {
        const disturbed = disturb(random, text, [own], 0.8);
        return { texts: [disturbed.text], label, method: disturbed.method };
      },
      sentence: () => ({
        texts: [`${text} ${fill(pick(random, distractions), words)}`],
        label,
        method: 'synthetic-distractor',
      }),
      human: () => ({ texts: [fill(pick(random, negations), words)], label, method: 'synthetic-negation' }),
    },
  };
}
