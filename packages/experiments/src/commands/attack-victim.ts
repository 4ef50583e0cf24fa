import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { classifierVictim, type Victim } from '@im-bert/attacks';
import { exists, UserError } from '@im-bert/core';
import {
  bucketsUpTo,
  embeddedCorpus,
  encodeExamples,
  loadTokenizer,
  makeBatches,
  type Task,
  tasks,
  type Tokenizer,
} from '@im-bert/data';
import type { Engine } from '@im-bert/jit';
import { createExecutor, loadModel, type Model, monotoneConnection } from '@im-bert/models';
import { splitTrainValidation, train, trainingSchema } from '@im-bert/training';
import { sentenceModel } from '../experiment/schema.ts';
import { openEncoder } from '../run/encoders.ts';
import { hubOf } from './open-plan.ts';

/** What the small model for a first look is: it learns the embedded corpora in seconds. */
const small = { from: 'scratch', family: 'bert', layers: 2, width: 64, heads: 2, dropout: 0.1 } as const;
const smallLength = 32;
/** Encoders from scratch have a vocabulary made from the embedded corpora; it stays below this. */
const largestOwnVocabulary = 1000;

/** Trains a small model on the task's embedded corpus. */
export async function trainVictim(
  task: Exclude<Task, 'imdb'>,
  seed: number,
  engine: Engine,
): Promise<Victim> {
  process.stdout.write(
    `No --model: training a small one on the embedded, synthetic ${tasks[task].title}; it knows few words.\n`,
  );
  const source = await openEncoder(small, hubOf({}));
  const model = await source.model({ connection: monotoneConnection, seed }, tasks[task].labels.length);
  const executor = createExecutor(engine, model);
  const batchSize = 8;
  const parts = splitTrainValidation(embeddedCorpus(task, { seed: 1 }).train.slice(0, 600), 0.2, seed);
  const [fit, held] = [parts.train, parts.validation].map((part) =>
    encodeExamples(source.tokenizer, part, smallLength),
  );
  const bucketLengths = bucketsUpTo(smallLength);
  const folder = await mkdtemp(join(tmpdir(), 'im-bert-attack-'));
  try {
    const result = await train<Model>({
      executor,
      model,
      trainBatches: (random) => makeBatches(fit ?? [], { batchSize, random, bucketLengths }),
      validationBatches: makeBatches(held ?? [], { batchSize, bucketLengths }),
      spec: trainingSchema.parse({
        batchSize,
        epochs: 2,
        maxLength: smallLength,
        optimizer: { learningRate: 2e-3 },
      }),
      seed,
      folder,
      checkpointEvery: 1000,
    });
    const { tokenizer } = source;
    return classifierVictim({ executor, model: result.model, tokenizer, maxLength: smallLength });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A folder that a run kept has no tokenizer of its own: the encoder's, beside it or of the hub, reads its text. */
async function tokenizerFor({ config }: Model, folder: string, hub: string | undefined): Promise<Tokenizer> {
  if (await exists(join(folder, 'tokenizer.json'))) return loadTokenizer(folder);
  if (config.vocabularySize < largestOwnVocabulary)
    return (await openEncoder({ ...small, family: config.family }, hubOf({}))).tokenizer;
  return loadTokenizer(await hubOf(hub === undefined ? {} : { hub }).model(sentenceModel));
}

/** The model of a folder that `run --keep-weights` wrote. @throws UserError if no tokenizer fits it */
export async function loadVictim(folder: string, hub: string | undefined, engine: Engine): Promise<Victim> {
  const model = await loadModel(folder, { seed: 1 });
  const tokenizer = await tokenizerFor(model, folder, hub);
  if (tokenizer.vocabularySize !== model.config.vocabularySize)
    throw new UserError({
      where: folder,
      expected: `the tokenizer of a vocabulary of ${model.config.vocabularySize}`,
      got: `one of ${tokenizer.vocabularySize}`,
      remedy: "Copy the tokenizer.json of the model's encoder into the folder.",
    });
  const maxLength = Math.min(256, model.config.positions - 2);
  return classifierVictim({ executor: createExecutor(engine, model), model, tokenizer, maxLength });
}
