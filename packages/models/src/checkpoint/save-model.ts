import { writeFileAtomically } from '@im-bert/core';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toHubConfig } from '../config/encoder-config.ts';
import type { Model } from '../model/model.ts';
import { nameInCheckpoint } from './parameter-names.ts';
import { writeSafetensors } from './safetensors.ts';
import { structureMetadata } from './saved-structure.ts';

export interface SaveOptions {
  /** Names of the classes, in the order of the logits; default LABEL_0, LABEL_1, ... */
  readonly classNames?: readonly string[];
  /** A model folder whose tokenizer's files are copied, byte for byte; default: no tokenizer is kept. */
  readonly tokenizerFrom?: string | undefined;
}

/** What transformers knows a tokenizer by. Which of them exist depends on the tokenizer. */
const tokenizerFiles = [
  ...['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'],
  ...['vocab.txt', 'vocab.json', 'merges.txt'],
];

/**
 * Saves a model so that `loadModel` restores it. Where every layer is connected as in BERT, transformers opens it too, its
 * pipeline with the names of the classes. Any other connection is kept in config.json under `im_bert`, with a `model_type`
 * such as `im-bert` that transformers refuses: as plain BERT those weights give other answers. Each file is written whole or
 * not at all; config.json is the last.
 * @throws RangeError if there are not as many names as classes
 */
export async function saveModel(
  folder: string,
  { config, connection, labels, parameters }: Model,
  { classNames = defaultNames(labels), tokenizerFrom }: SaveOptions = {},
): Promise<void> {
  if (classNames.length !== labels)
    throw new RangeError(`saveModel: expected ${labels} names of classes, got ${classNames.length}.`);
  const named = Object.entries(parameters).map(([name, value]) => [
    nameInCheckpoint(config.family, name),
    value,
  ]);
  await writeSafetensors(
    join(folder, 'model.safetensors'),
    Object.fromEntries(named) as Model['parameters'],
    {
      metadata: structureMetadata(config, connection),
    },
  );
  if (tokenizerFrom !== undefined) await copyTokenizer(tokenizerFrom, folder);
  const content = { ...toHubConfig(config, connection, classNames), im_bert: { connection } };
  await writeFileAtomically(join(folder, 'config.json'), `${JSON.stringify(content, null, 2)}\n`);
}

function defaultNames(labels: number): readonly string[] {
  return Array.from({ length: labels }, (_, label) => `LABEL_${label}`);
}

async function copyTokenizer(from: string, to: string): Promise<void> {
  const present = await readdir(from);
  for (const name of tokenizerFiles)
    if (present.includes(name)) await writeFileAtomically(join(to, name), await readFile(join(from, name)));
}
