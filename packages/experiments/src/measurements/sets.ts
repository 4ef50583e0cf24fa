import { balancedAccuracy } from '@im-bert/core';
import { type Example, scoringOf, type SetExample } from '@im-bert/data';
import { z } from 'zod';
import { groupBy } from '../store/group-by.ts';
import { answersOf } from './answers.ts';
import { measurement, type Subject } from './measurement.ts';

/** What a model makes of the further sets that an experiment names, and of each of their parts. */
export const sets = measurement({
  name: 'sets',
  version: 1,
  on: [],
  reads: ['iterations', 'sets'],
  row: z.object({
    set: z.string(),
    title: z.string(),
    /** Empty for the whole set. */
    part: z.string(),
    examples: z.int(),
    /** Null, as all that needs labels, for a set without. */
    right: z.int().nullable(),
    /** From 0 to 1. */
    balanced: z.number().nullable(),
    /** Groups of examples that answer each other, and those of which all are right. */
    pairs: z.int(),
    pairsRight: z.int().nullable(),
    /** Examples whose text before a change is known, and those whose answer the change flips. */
    changed: z.int(),
    flipped: z.int(),
    /** Of the whole set, examples that occur in the task's training data; null where that is not real data. */
    inTraining: z.int().nullable(),
  }),
  passes: () => 0, // their sizes are not known before they are loaded
  measure: async (subject) => {
    const { evaluation, task } = subject.spec;
    const rows = [];
    for (const { name } of evaluation.sets ?? []) {
      const { set, examples, inTraining } = await subject.storedSet(name);
      const judged = await judge(examples, scoringOf(set, task), subject);
      const parts = [...new Set(examples.flatMap(({ part }) => part ?? []))].sort();
      const of = { set: name, title: set.title };
      rows.push({ ...of, part: '', ...scoresOf(judged), inTraining });
      for (const part of parts.length > 1 ? parts : [])
        rows.push({ ...of, part, ...scoresOf(judged.filter((one) => one.part === part)), inTraining: null });
    }
    return rows;
  },
});

interface Judged {
  readonly part: string | null;
  readonly pair: string | null;
  /** Null without a label. */
  readonly label: number | null;
  readonly predicted: number;
  /** Null where the text before is not known. */
  readonly flips: boolean | null;
}

/** A model's answers in the classes that set and task have in common. */
async function judge(
  examples: readonly SetExample[],
  { ofModel, ofSet }: ReturnType<typeof scoringOf>,
  subject: Subject,
): Promise<readonly Judged[]> {
  const after = await classesOf(examples, ofModel, subject);
  const changed = examples.flatMap(({ original, ...example }) =>
    original === undefined ? [] : [{ ...example, texts: original }],
  );
  const before = await classesOf(changed, ofModel, subject);
  return examples.map(({ id, part, pair, label }) => {
    const predicted = after.get(id) ?? -1;
    const first = before.get(id);
    return {
      ...{ part, pair, predicted },
      label: label === null ? null : (ofSet[label] ?? null),
      flips: first === undefined ? null : first !== predicted,
    };
  });
}

async function classesOf(
  examples: readonly Pick<SetExample, 'id' | 'texts'>[],
  ofModel: readonly number[],
  subject: Subject,
): Promise<ReadonlyMap<string, number>> {
  // the label is not read: a set need not have any
  const unlabelled = examples.map(({ id, texts }): Example => ({ id, texts, label: 0 }));
  const answers = await answersOf(unlabelled, subject);
  return new Map(answers.map(({ example, predicted }) => [example.id, ofModel[predicted] ?? -1]));
}

function scoresOf(judged: readonly Judged[]) {
  const labelled = judged.flatMap(({ label, predicted }) => (label === null ? [] : [{ label, predicted }]));
  const isLabelled = labelled.length === judged.length && labelled.length > 0;
  const isRight = ({ label, predicted }: Pick<Judged, 'label' | 'predicted'>): boolean => label === predicted;
  const paired = judged.flatMap(({ pair, ...one }) => (pair === null ? [] : [{ ...one, pair }]));
  const pairs = groupBy(paired, ({ pair }) => pair);
  const whole = [...pairs.values()].filter((pair) => pair.length > 1);
  return {
    examples: judged.length,
    right: isLabelled ? labelled.filter(isRight).length : null,
    balanced: isLabelled
      ? balancedAccuracy(
          labelled.map(({ predicted }) => predicted),
          labelled.map(({ label }) => label),
        )
      : null,
    pairs: whole.length,
    pairsRight: isLabelled ? whole.filter((pair) => pair.every(isRight)).length : null,
    changed: judged.filter(({ flips }) => flips !== null).length,
    flipped: judged.filter(({ flips }) => flips === true).length,
  };
}
