import { writeFileAtomically } from '@im-bert/core';
import { join } from 'node:path';
import { toHubConfig } from '../config/encoder-config.ts';
import type { Model } from '../model/model.ts';
import { nameInCheckpoint } from './parameter-names.ts';
import { writeSafetensors } from './safetensors.ts';
import { structureMetadata } from './saved-structure.ts';

/**
 * Saves a model so that `loadModel` restores it and transformers' `BertForSequenceClassification` or
 * `RobertaForSequenceClassification` reads its weights (these know monotone connections only: ours are kept in config.json
 * under `im_bert`). Each file is written whole or not at all; config.json is the last.
 */
export async function saveModel(
  folder: string,
  { config, connection, labels, parameters }: Model,
): Promise<void> {
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
  const content = { ...toHubConfig(config, labels), im_bert: { connection } };
  await writeFileAtomically(join(folder, 'config.json'), `${JSON.stringify(content, null, 2)}\n`);
}
