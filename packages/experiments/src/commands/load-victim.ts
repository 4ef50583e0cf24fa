import { join } from 'node:path';
import { classifierVictim } from '@im-bert/attacks';
import { exists, UserError } from '@im-bert/core';
import { type Hub, loadTokenizer, type Task, tasks, type Tokenizer } from '@im-bert/data';
import type { Engine } from '@im-bert/jit';
import { createExecutor, loadModel, maximumLength, type Model } from '@im-bert/models';
import { sentenceModel } from '../experiment/schema.ts';
import { openEncoder } from '../run/encoders.ts';
import { type NamedVictim, syntheticEncoder } from './train-victim.ts';

/** Encoders from scratch have a vocabulary made from the embedded corpora; it stays below this. */
const largestOwnVocabulary = 1000;

/** A folder that a run kept has no tokenizer of its own: the encoder's, beside it or of the hub, reads its text. */
async function tokenizerFor({ config }: Model, folder: string, hub: Hub): Promise<Tokenizer> {
  if (await exists(join(folder, 'tokenizer.json'))) return loadTokenizer(folder);
  if (config.vocabularySize < largestOwnVocabulary)
    return (await openEncoder({ ...syntheticEncoder, family: config.family }, hub)).tokenizer;
  return loadTokenizer(await hub.model(sentenceModel));
}

/** The model of a folder, such as one that `run` kept. @throws UserError if tokenizer or task do not fit it */
export async function loadVictim(folder: string, task: Task, hub: Hub, engine: Engine): Promise<NamedVictim> {
  const model = await loadModel(folder, { seed: 1 });
  const tokenizer = await tokenizerFor(model, folder, hub);
  if (tokenizer.vocabularySize !== model.config.vocabularySize)
    throw new UserError({
      where: folder,
      expected: `the tokenizer of a vocabulary of ${model.config.vocabularySize}`,
      got: `one of ${tokenizer.vocabularySize}`,
      remedy: "Copy the tokenizer.json of the model's encoder into the folder.",
    });
  const { title, labels } = tasks[task];
  if (labels.length !== model.labels)
    throw new UserError({
      where: `--model=${folder}`,
      expected: `the ${labels.length} classes of ${title}`,
      got: String(model.labels),
      remedy: 'Name the task that the model was trained on with --task.',
    });
  const maxLength = Math.min(256, maximumLength(model.config));
  const victim = classifierVictim({ executor: createExecutor(engine, model), model, tokenizer, maxLength });
  return { victim, name: folder };
}
