import { predictedClass } from '@im-bert/core';
import { bucketsUpTo, encodeExamples, type Example, makeBatches, type Tokenizer } from '@im-bert/data';
import type { Executor, Model } from '@im-bert/models';
import { predict, type Predictions } from '@im-bert/training';
import type { Prediction, Split, SplitResidual } from '../store/rows.ts';

/** What a model said of a split. */
export interface Scored {
  readonly predictions: readonly Prediction[];
  readonly residuals: readonly SplitResidual[];
}

/** What scoring needs beside the examples. */
export interface Scorer {
  readonly executor: Executor;
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly batchSize: number;
  /** In tokens. */
  readonly maxLength: number;
  readonly signal?: AbortSignal;
}

function predictionsOf(split: Split, examples: readonly Example[], { logits }: Predictions): Prediction[] {
  return examples.map((example, index) => {
    const scores = logits[index] ?? new Float32Array();
    return {
      split,
      example: example.id,
      label: example.label,
      predicted: predictedClass(scores),
      logits: [...scores],
      level: example.level,
      method: example.method,
    };
  });
}

function meanAt(byExample: readonly (readonly number[])[], iteration: number): number {
  return byExample.reduce((sum, trajectory) => sum + (trajectory[iteration] ?? NaN), 0) / byExample.length;
}

function residualsOf(split: Split, { residuals }: Predictions): SplitResidual[] {
  return residuals.flatMap(({ layer, byExample }) =>
    Array.from({ length: byExample[0]?.length ?? 0 }, (_, iteration) => ({
      split,
      layer,
      iteration,
      relative: meanAt(byExample, iteration),
      examples: byExample.length,
    })),
  );
}

/** Scores a model on examples; nothing for none. @throws the signal's reason if it is aborted */
export async function score(split: Split, examples: readonly Example[], scorer: Scorer): Promise<Scored> {
  if (examples.length === 0) return { predictions: [], residuals: [] };
  const { executor, model, tokenizer, batchSize, maxLength, signal } = scorer;
  const encoded = encodeExamples(tokenizer, examples, maxLength);
  const batches = makeBatches(encoded, { batchSize, bucketLengths: bucketsUpTo(maxLength) });
  const predictions = await predict(executor, model, batches, signal);
  return {
    predictions: predictionsOf(split, examples, predictions),
    residuals: residualsOf(split, predictions),
  };
}
