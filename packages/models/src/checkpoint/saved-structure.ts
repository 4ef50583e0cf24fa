import { contentHash, type Json, UserError } from '@im-bert/core';
import type { EncoderConfig } from '../config/encoder-config.ts';
import type { ConnectionSpec } from '../connections/connections.ts';
import type { SafetensorsFile } from './safetensors.ts';

/** Under this name the weights of a saved model hold the hash of the structure that config.json describes. */
const structureKey = 'im_bert_structure';

/** The text that a saved model's weights hold, by name, so that a config.json that was damaged later is found. */
export function structureMetadata(config: EncoderConfig, connection: ConnectionSpec): Record<string, string> {
  return { [structureKey]: contentHash(JSON.parse(JSON.stringify({ config, connection })) as Json) };
}

/**
 * Checks config.json against the weights that were saved with it.
 * @param connection what config.json says; undefined where it is no config of ours
 * @throws UserError if they do not belong together
 */
export function checkStructure(
  { path, file }: { readonly path: string; readonly file: SafetensorsFile },
  config: EncoderConfig,
  connection: ConnectionSpec | undefined,
): void {
  const saved = file.metadata[structureKey];
  if (saved === undefined && connection === undefined) return; // another tool's
  if (connection !== undefined && saved === structureMetadata(config, connection)[structureKey]) return;
  throw new UserError({
    where: path,
    expected: 'the config.json that was saved with it',
    got: 'another, or a damaged one',
    remedy: 'Save or train the model again.',
  });
}
