// Fine-tunes a small encoder on SST-2 end to end (tokenizing, batches, training, evaluation) with the buckets that runs
// use, and with every batch padded to 128 tokens: examples a second, and what each model learned. Two seeds.
//
//   node tools/bench/padding.mjs HUB      HUB is a folder in the hub's layout; build first (npm run build)
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '@im-bert/core';
import {
  bucketsUpTo,
  encodeExamples,
  loadTokenizer,
  makeBatches,
  openDataStore,
  resolveHub,
} from '@im-bert/data';
import { createEngine } from '@im-bert/jit/node';
import { monotoneConnection, createExecutor, loadModel } from '@im-bert/models';
import { train, trainingSchema, validate } from '@im-bert/training';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("padding.mjs: expected a folder in the hub's layout, got none.");
  process.exit(1);
}
const [maxLength, batchSize, fitted, scored] = [128, 16, 800, 500];
const temporary = await mkdtemp(join(tmpdir(), 'im-bert-padding-'));
const hub = await resolveHub({ folder });
const store = await openDataStore(join(temporary, 'data.duckdb'));
await store.ensure('sst2', hub);
const trainExamples = await store.examples('sst2', 'train');
const cleanExamples = (await store.examples('sst2', 'validation')).slice(0, scored);
const encoder = await hub.model('sentence-transformers/all-MiniLM-L6-v2');
const tokenizer = await loadTokenizer(encoder);
const spec = trainingSchema.parse({ epochs: 1, maxLength, optimizer: { learningRate: 2e-4 } });

/** Seconds from texts to the accuracy on held-out ones. */
async function run(name, seed, bucketLengths) {
  const examples = randomStream(seed, 'padding').shuffle(trainExamples).slice(0, fitted);
  const engine = await createEngine('onnx');
  const model = await loadModel(encoder, { labels: 2, connection: monotoneConnection, seed });
  const executor = createExecutor(engine, model);
  const start = performance.now();
  const encoded = encodeExamples(tokenizer, examples, maxLength);
  const held = makeBatches(encodeExamples(tokenizer, cleanExamples, maxLength), { batchSize, bucketLengths });
  const trained = await train({
    ...{ executor, model, spec, seed, folder: join(temporary, `${name}-${seed}`), checkpointEvery: 1000 },
    trainBatches: (random) => makeBatches(encoded, { batchSize, random, bucketLengths }),
    validationBatches: held.slice(0, 4),
  });
  const { accuracy } = await validate(executor, trained.model.parameters, held);
  const seconds = (performance.now() - start) / 1000;
  await executor.dispose();
  await engine.dispose();
  const rate = (fitted + scored) / seconds;
  console.log(
    `${name}, seed ${seed}: ${rate.toFixed(1)} examples/s, accuracy ${(100 * accuracy).toFixed(1)} %`,
  );
  return rate;
}

const ratios = [];
for (const seed of [1, 2])
  ratios.push(
    (await run('buckets', seed, bucketsUpTo(maxLength))) / (await run('padded to 128', seed, [maxLength])),
  );
console.log(`buckets / padded: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`);
store.close();
await rm(temporary, { recursive: true });
