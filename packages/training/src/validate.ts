import type { Executor, NamedTensors } from '@im-bert/models';
import { crossEntropy, type IndexedBatch, predict, predictedClass } from './predict.ts';

/** Mean cross-entropy and accuracy over batches, without dropout; null if the signal cut it short. */
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
    accuracy: mean(logits.map((scores, example) => (predictedClass(scores) === labels[example] ? 1 : 0))),
  };
}
