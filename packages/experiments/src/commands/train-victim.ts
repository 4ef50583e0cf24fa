import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { classifierVictim, type Victim } from '@im-bert/attacks';
import { randomStream } from '@im-bert/core';
import {
  bucketsUpTo,
  embeddedCorpus,
  encodeExamples,
  type Example,
  type GlueTask,
  type Hub,
  loadTokenizer,
  makeBatches,
  openDataStore,
  type Task,
  tasks,
} from '@im-bert/data';
import type { Engine } from '@im-bert/jit';
import { createExecutor, loadModel, type Model, monotoneConnection } from '@im-bert/models';
import { splitTrainValidation, train, type TrainingSpec, trainingSchema } from '@im-bert/training';
import { sentenceModel } from '../experiment/schema.ts';
import { type EncoderSource, openEncoder } from '../run/encoders.ts';

/** What is attacked, and what it is, in words. */
export interface NamedVictim {
  readonly victim: Victim;
  /** What stands beside its answers: `a small model of synthetic SST-2`. */
  readonly name: string;
}

/** How a victim is trained where none is given. */
interface Recipe {
  readonly source: EncoderSource;
  readonly examples: readonly Example[];
  readonly training: TrainingSpec;
}

/** Learns the embedded corpora in seconds. */
export const syntheticEncoder = {
  from: 'scratch',
  family: 'bert',
  layers: 2,
  width: 64,
  heads: 2,
  dropout: 0.1,
} as const;

const synthetic = {
  examples: 600,
  training: { batchSize: 8, epochs: 2, maxLength: 32, optimizer: { learningRate: 2e-3 } },
} as const;

/** A first look: more examples make a better model and a longer wait. */
const real = {
  examples: 800,
  training: {
    batchSize: 8,
    epochs: 1,
    maxLength: 64,
    validationShare: 0.1,
    optimizer: { learningRate: 1e-4 },
  },
} as const;

/** Trains a small model on the task's embedded corpus: it knows the words of that corpus and no others. */
export async function trainSyntheticVictim(
  task: GlueTask,
  hub: Hub,
  seed: number,
  engine: Engine,
): Promise<NamedVictim> {
  const { title } = tasks[task];
  process.stdout.write(
    `No --model, nothing real to train one on (--hub=DIR): a small one of synthetic ${title}, whose few words are all it knows.\n`,
  );
  const source = await openEncoder(syntheticEncoder, hub);
  const examples = embeddedCorpus(task, { seed: 1 }).train.slice(0, synthetic.examples);
  const recipe = { source, examples, training: trainingSchema.parse(synthetic.training) };
  const { victim } = await trainVictim(recipe, task, seed, engine);
  return { victim, name: `a small model of synthetic ${title}` };
}

/** Whether the hub has what a real victim is made of, without asking the network. */
export async function hasRealVictim(task: Task, hub: Hub): Promise<boolean> {
  const paths = [`models/${sentenceModel}/model.safetensors`, tasks[task].train.path];
  const found = await Promise.all(paths.map((path) => hub.find(path, { fetch: false })));
  return found.every((file) => file !== undefined);
}

/** Fine-tunes the encoder of the tables' profile `small` on real examples of the task. */
export async function fineTuneVictim(
  task: Task,
  hub: Hub,
  seed: number,
  engine: Engine,
): Promise<NamedVictim> {
  const { title } = tasks[task];
  const examples = await realExamples(task, hub, seed);
  process.stdout.write(
    `No --model: fine-tuning ${sentenceModel} on ${examples.length} examples of ${title}, for about a minute.\n`,
  );
  const recipe = { source: await pretrained(hub), examples, training: trainingSchema.parse(real.training) };
  const { victim, accuracy } = await trainVictim(recipe, task, seed, engine);
  const right = `${(100 * accuracy).toFixed(0)} % right on held-out ${title}`;
  return { victim, name: `${sentenceModel}, fine-tuned: ${right}` };
}

async function pretrained(hub: Hub): Promise<EncoderSource> {
  const folder = await hub.model(sentenceModel);
  return {
    tokenizer: await loadTokenizer(folder),
    model: async (spec, labels) => loadModel(folder, { ...spec, labels }),
  };
}

async function realExamples(task: Task, hub: Hub, seed: number): Promise<readonly Example[]> {
  return inTemporaryFolder(async (folder) => {
    const store = await openDataStore(join(folder, 'data.duckdb'));
    try {
      await store.ensure(task, hub);
      const all = await store.examples(task, 'train');
      return randomStream(seed, 'victim').shuffle(all).slice(0, real.examples);
    } finally {
      store.close();
    }
  });
}

async function trainVictim(
  { source, examples, training }: Recipe,
  task: Task,
  seed: number,
  engine: Engine,
): Promise<{ victim: Victim; accuracy: number }> {
  const { tokenizer } = source;
  const model = await source.model({ connection: monotoneConnection, seed }, tasks[task].labels.length);
  const executor = createExecutor(engine, model);
  const { batchSize, maxLength, validationShare } = training;
  const parts = splitTrainValidation(examples, validationShare, seed);
  const fit = encodeExamples(tokenizer, parts.train, maxLength);
  const held = encodeExamples(tokenizer, parts.validation, maxLength);
  const bucketLengths = bucketsUpTo(maxLength);
  const result = await inTemporaryFolder(async (folder) =>
    train<Model>({
      executor,
      model,
      trainBatches: (random) => makeBatches(fit, { batchSize, random, bucketLengths }),
      validationBatches: makeBatches(held, { batchSize, bucketLengths }),
      spec: training,
      seed,
      folder,
      checkpointEvery: Infinity,
    }),
  );
  const best = result.validations.find(({ epoch }) => epoch === result.best?.epoch);
  const victim = classifierVictim({ executor, model: result.model, tokenizer, maxLength });
  return { victim, accuracy: best?.accuracy ?? 0 };
}

async function inTemporaryFolder<Result>(body: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'im-bert-attack-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
