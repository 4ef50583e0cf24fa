import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type AttackRecord, classifierVictim, runAttacks } from '@im-bert/attacks';
import { predictedClass } from '@im-bert/core';
import type { Example } from '@im-bert/data';
import type { AttackedText, Prediction } from '../store/rows.ts';
import type { AttackTools } from './attack-tools.ts';
import type { Scorer } from './score.ts';

/** What an attack on a model found. */
export interface AttackFinding {
  /** What the model says of the attacked texts. */
  readonly predictions: readonly Prediction[];
  readonly attacked: readonly AttackedText[];
}

/** What attacking a model needs beside the model and the examples. */
export interface AttackRun {
  readonly tools: AttackTools;
  readonly seed: number;
  readonly queryBudget: number | undefined;
  /** A line for each example that is done; an attack that was cut short goes on from there. */
  readonly file: string;
  readonly onExample: (done: number, total: number) => void;
}

function predictionOf({ id, label, probabilities }: AttackRecord): Prediction {
  const { perturbed } = probabilities;
  const predicted = predictedClass(perturbed);
  return { split: 'attacked', example: id, label, predicted, logits: perturbed.map(Math.log) };
}

function attackedText(record: AttackRecord): AttackedText {
  const { id, status, queries, cacheHits, changes, words, original, perturbed, attack } = record;
  return {
    example: id,
    attack,
    status,
    queries,
    cacheHits,
    changedWords: changes.length,
    words,
    original,
    perturbed,
  };
}

/** Attacks a trained model. @throws the signal's reason once it is aborted; what was done stays in the file */
export async function attackModel(
  examples: readonly Example[],
  { executor, model, tokenizer, maxLength, signal }: Scorer,
  { tools, seed, queryBudget, file, onExample }: AttackRun,
): Promise<AttackFinding> {
  await mkdir(dirname(file), { recursive: true });
  const { records } = await runAttacks({
    victim: classifierVictim({ executor, model, tokenizer, maxLength }),
    examples,
    attack: tools.attack,
    seed,
    file,
    queryBudget: queryBudget ?? null,
    onRecord: (_, { done, total }) => {
      onExample(done, total);
    },
    ...(tools.encoder === undefined ? {} : { encoder: tools.encoder }),
    ...(signal === undefined ? {} : { signal }),
  });
  return { predictions: records.map(predictionOf), attacked: records.map(attackedText) };
}
