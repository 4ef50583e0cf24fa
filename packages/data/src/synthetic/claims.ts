import type { RandomStream } from '@im-bert/core';
import { disturb, type Family, fill, pick, type Scene, type SceneWriter, wordsOf } from './scene.ts';

/** By label: verbs after which the claim holds, and verbs after which it is open. */
const attitudes: readonly [Family, Family] = [
  {
    seen: wordsOf('confirmed proved knew saw noticed remembered'),
    unseen: ['verified', 'discovered'],
    lures: ['never doubted', 'never denied'],
  },
  {
    seen: wordsOf('doubted denied feared hoped guessed pretended'),
    unseen: ['suspected', 'rejected'],
    lures: ['never confirmed', 'never proved'],
  },
];

/** By label: manners that go with the attitudes. */
const manners: readonly [Family, Family] = [
  { seen: wordsOf('clearly rightly firmly finally'), unseen: ['openly'] },
  { seen: wordsOf('wrongly secretly vaguely barely'), unseen: ['weakly'] },
];

const speakers = wordsOf('mayor minister reporter guard owner expert witness editor');
const subjects = wordsOf('bank company factory hotel airport hospital mine port club shop');
const events = wordsOf('closed failed moved grew flooded reopened');
const times = wordsOf('today yesterday recently twice early overnight');

const premise = 'the {speaker} {manner} {attitude} that the {subject} {event} {time}';
const claim = 'the {subject} {event}';
/** Another claim under an attitude of the other side: it says nothing of the first. */
const distractions = [
  '{text} while the {other} {twist} {lure} and {second} that it was late',
  'the {other} {twist} {lure} and {second} that it was late and {text}',
];
/** By label: attitudes whose denial leads there. */
const deniable = [
  ['doubted', 'denied'],
  ['confirmed', 'proved'],
] as const;
const denials = [
  'nobody {denied} that the {subject} {event} {time}',
  'the {speaker} never {denied} , but {manner} {attitude} that the {subject} {event} {time}',
];

/** RTE's shape: does the first sentence imply the second; decided by the verb that carries the claim. */
export const claims: SceneWriter = {
  labels: 2,
  lexicon: [
    ...[...attitudes, ...manners].flatMap(({ seen, unseen, lures = [] }) => [...seen, ...unseen, ...lures]),
    ...speakers,
    ...subjects,
    ...events,
    ...times,
    premise,
    claim,
    ...distractions,
    ...denials,
  ],
  write: (random, label) => writeScene(random, label),
};

function writeScene(random: RandomStream, label: number): Scene {
  const [own, opposite] = label === 0 ? attitudes : [attitudes[1], attitudes[0]];
  const [manner, twist] = label === 0 ? manners : [manners[1], manners[0]];
  const [speaker = '', other = ''] = random.shuffle(speakers);
  const [lure = '', second = ''] = random.shuffle(opposite.seen);
  const words = {
    speaker,
    other,
    subject: pick(random, subjects),
    event: pick(random, events),
    time: pick(random, times),
    attitude: pick(random, own.seen),
    lure,
    second,
    denied: pick(random, deniable[label === 0 ? 0 : 1]),
    manner: pick(random, manner.seen),
    twist: pick(random, twist.seen),
  };
  const text = fill(premise, words);
  const hypothesis = fill(claim, words);
  return {
    clean: { texts: [text, hypothesis], label },
    twins: {
      word: () => {
        const disturbed = disturb(random, text, [own, manner], 1);
        return { texts: [disturbed.text, hypothesis], label, method: disturbed.method };
      },
      sentence: () => ({
        texts: [fill(pick(random, distractions), { ...words, text }), hypothesis],
        label,
        method: 'synthetic-distractor',
      }),
      human: () => ({
        texts: [fill(pick(random, denials), words), hypothesis],
        label,
        method: 'synthetic-negation',
      }),
    },
  };
}
