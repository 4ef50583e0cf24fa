import { createHash } from 'node:crypto';
import { randomStream } from '@im-bert/core';
import { createEngine } from '@im-bert/jit/node';
import { connectionSchema, createExecutor, randomModel } from '@im-bert/models';
import { train, trainingSchema } from '@im-bert/training';
import { tinyConfig } from './tiny-config.ts';
import { toyBatches } from './toy-batches.ts';

// Run by kill.test.ts as a process of its own: trains a tiny IM-BERT with dropout in the folder argv[2] by the objective
// argv[3], a line a step, and ends with one line of JSON: a digest of the weights and every record.

const connection = connectionSchema.parse({
  kind: 'implicit',
  layers: [2],
  solver: { name: 'gradient-descent', iterations: 2 },
});

const [, , folder = '', name = ''] = process.argv;
const engine = await createEngine('onnx', { threads: 1 });
const model = randomModel({ config: tinyConfig, connection, labels: 2 }, 1);
const executor = createExecutor(engine, model, { mode: 'chain' });
const {
  steps,
  validations,
  best,
  model: trained,
} = await train({
  executor,
  model,
  trainBatches: (random) => toyBatches(22, random),
  validationBatches: toyBatches(6, randomStream(0, 'validation')),
  spec: trainingSchema.parse({
    ...{ epochs: 2, batchSize: 4, optimizer: { learningRate: 1e-3 }, objective: { name } },
  }),
  seed: 1,
  folder,
  checkpointEvery: 2,
  onStep: ({ step }) => process.stdout.write(`${step}\n`),
});
const digest = createHash('sha256');
for (const [name, { data }] of Object.entries(trained.parameters))
  digest.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
process.stdout.write(`${JSON.stringify({ weights: digest.digest('hex'), steps, validations, best })}\n`);
await executor.dispose();
await engine.dispose();
