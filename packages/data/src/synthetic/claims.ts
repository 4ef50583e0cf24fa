import type { RandomStream } from '@im-bert/core';
import { disturb, type Family, fill, pick, type Scene, type SceneWriter, synonymIn } from './scene.ts';

/** By label: verbs after which the claim holds, and verbs after which it is open. */
const attitudes: readonly [Family, Family] = [
  {
    seen: ['confirmed', 'proved', 'knew', 'saw', 'noticed', 'remembered'],
    unseen: ['verified', 'discovered'],
  },
  {
    seen: ['doubted', 'denied', 'feared', 'hoped', 'guessed', 'pretended'],
    unseen: ['suspected', 'rejected'],
  },
];

const speakers = ['mayor', 'minister', 'reporter', 'guard', 'owner', 'expert', 'witness', 'editor'];
const subjects = [
  'bank',
  'company',
  'factory',
  'hotel',
  'airport',
  'hospital',
  'mine',
  'port',
  'club',
  'shop',
];
const events = ['closed', 'failed', 'moved', 'grew', 'flooded', 'reopened'];
const times = ['today', 'yesterday', 'recently', 'twice', 'early', 'overnight'];

const premise = 'the {speaker} {attitude} that the {subject} {event} {time}';
const claim = 'the {subject} {event}';
/** Another claim under an attitude of the other side: it says nothing of the first. */
const distraction = 'while the {other} {lure} that it was late';
/** Denied attitudes, with the label that follows. */
const denials = [
  { template: 'nobody {attitude} that the {subject} {event} {time}', label: 0, of: 1, attitudes: ['doubted', 'denied'] },
  { template: 'the {speaker} never {attitude} that the {subject} {event} {time}', label: 1, of: 0, attitudes: ['confirmed', 'proved'] },
] as const; // prettier-ignore

/** RTE's shape: does the first sentence imply the second; decided by the verb that carries the claim. */
export const claims: SceneWriter = {
  labels: 2,
  lexicon: [
    ...attitudes.flatMap(({ seen, unseen }) => [...seen, ...unseen]),
    ...speakers, ...subjects, ...events, ...times, premise, claim, distraction,
    ...denials.map(({ template }) => template),
  ],
  write: (random, label) => writeScene(random, label),
}; // prettier-ignore

function writeScene(random: RandomStream, label: number): Scene {
  const [own, opposite] = label === 0 ? attitudes : [attitudes[1], attitudes[0]];
  const [speaker = '', other = ''] = random.shuffle(speakers);
  const words = {
    speaker,
    other,
    subject: pick(random, subjects),
    event: pick(random, events),
    time: pick(random, times),
    attitude: pick(random, own.seen),
    lure: pick(random, opposite.seen),
  };
  const text = fill(premise, words);
  const hypothesis = fill(claim, words);
  return {
    clean: { texts: [text, hypothesis], label },
    twins: {
      word: () => {
        const disturbed = disturb(random, text, new Set(own.seen), synonymIn(random, attitudes), 1);
        return { texts: [disturbed.text, hypothesis], label, method: disturbed.method };
      },
      sentence: () => ({
        texts: [`${text} ${fill(distraction, words)}`, hypothesis],
        label,
        method: 'synthetic-distractor',
      }),
      human: () => {
        const denial = denials[label === 0 ? 0 : 1];
        const denied = fill(denial.template, { ...words, attitude: pick(random, denial.attitudes) });
        return { texts: [denied, hypothesis], label, method: 'synthetic-negation' };
      },
    },
  };
}
