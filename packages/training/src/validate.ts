import { predictedClass } from '@im-bert/core';
import type { Executor, NamedTensors } from '@im-bert/models';
import { crossEntropy, type IndexedBatch, predict } from './predict.ts';

/**
 * Mean cross-entropy and accuracy over batches, without dropout; null if the signal cut it short. An example whose scores
 * are not finite is a wrong one, and makes the mean loss NaN.
 */
export async function validate(
  executor: Executor,
  parameters: NamedTensors,
  batches: readonly IndexedBatch[],
  signal?: AbortSignal,
): Promise<{ loss: number; accuracy: number } | null> {
  const predictions = await predict(executor, { parameters }, batches, signal).catch((error: unknown) => {
    if (signal?.aborted === true) return null;
    throw error;
  });
  if (predictions === null) return null;
  const { logits } = predictions;
  const labels: number[] = [];
  for (const batch of batches)
    batch.indices.forEach((example, row) => (labels[example] = batch.labels.data[row] ?? 0));
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    loss: mean(logits.map((scores, example) => crossEntropy(scores, labels[example] ?? 0))),
    accuracy: mean(logits.map((scores, example) => (isRight(scores, labels[example]) ? 1 : 0))),
  };
}

function isRight(scores: Float32Array, label: number | undefined): boolean {
  return scores.every(Number.isFinite) && predictedClass(scores) === label;
}
