import type { RandomStream } from '@im-bert/core';
import { createEngine } from '@im-bert/jit/node';
import { createExecutor, type Model } from '@im-bert/models';
import { type IndexedBatch, train, trainingSchema } from '@im-bert/training';

/** Fine-tunes a model as the paper does; called again after a crash, it goes on where the last checkpoint was. */
export async function fineTune(
  model: Model,
  trainBatches: (random: RandomStream) => readonly IndexedBatch[],
  validationBatches: readonly IndexedBatch[],
  folder: string,
) {
  const engine = await createEngine('onnx');
  const executor = createExecutor(engine, model);
  const result = await train({
    executor,
    model,
    trainBatches, // for example (random) => makeBatches(encoded, { batchSize: 16, random }) of @im-bert/data
    validationBatches,
    spec: trainingSchema.parse({ epochs: 3, optimizer: { learningRate: 2e-5 }, schedule: { warmup: 0.1 } }),
    seed: 1,
    folder,
    checkpointEvery: 100,
  });
  await executor.dispose();
  await engine.dispose();
  return result; // status, the best epoch's model, a record for each step and each validation
}
