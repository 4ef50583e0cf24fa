import { floatTensor, intTensor, locate } from '@im-bert/core';
import { createEngine } from '@im-bert/jit';
import { connectionSchema, createExecutor, parseEncoderConfig, randomModel } from '@im-bert/models';
import { type IndexedBatch, train, trainingSchema } from '@im-bert/training';

/** Two sequences of two tokens: the class is whether token 7 occurs. Real data comes from @im-bert/data. */
const batch: IndexedBatch = {
  ids: intTensor(Int32Array.of(2, 7, 2, 5), [2, 2]),
  typeIds: intTensor(new Int32Array(4), [2, 2]),
  mask: floatTensor(new Float32Array(4).fill(1), [2, 2]), // 1 = token
  labels: intTensor(Int32Array.of(1, 0), [2]),
  weights: floatTensor(Float32Array.of(1, 1), [2]), // 0 = filler row
  indices: [0, 1],
};

/** Fine-tunes a tiny IM-BERT, with checkpoints in `folder`; called again after a crash, it goes on from the last one. */
export async function fineTune(folder: string) {
  const shape = { hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 2, intermediate_size: 32 };
  const tables = { vocab_size: 8, max_position_embeddings: 4, type_vocab_size: 1 };
  const config = parseEncoderConfig(locate({ model_type: 'bert', ...shape, ...tables }, 'config.json'));
  const connection = connectionSchema.parse({ kind: 'implicit', solver: { name: 'anderson' } });
  const model = randomModel({ config, connection, labels: 2 }, 1);
  const engine = await createEngine('onnx');
  const executor = createExecutor(engine, model);
  const result = await train({
    executor,
    model,
    trainBatches: () => [batch], // is given a random stream to shuffle with
    validationBatches: [batch],
    spec: trainingSchema.parse({ epochs: 20, optimizer: { learningRate: 0.03 } }),
    seed: 1,
    folder,
    checkpointEvery: 10,
  });
  await executor.dispose();
  await engine.dispose();
  return result; // the weights of the epoch of the lowest validation loss, and a record of every step
}
