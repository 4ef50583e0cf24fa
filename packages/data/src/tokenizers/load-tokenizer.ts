import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@im-bert/core';
import { messageOf } from '../failure.ts';
import { buildTokenizer, type LibraryTokenizer } from './library.ts';
import { isRecord, type JsonRecord, readTemplate } from './template.ts';
import { fillTemplate, type Tokenizer } from './tokenizer.ts';

/**
 * The tokenizer of a model folder's tokenizer.json, with its own special tokens and types. Truncation and padding that
 * the file itself asks for (all-MiniLM: always 128 tokens) are not done: the caller's `maxLength` decides.
 * @throws UserError if the file is missing, broken, or of a kind that we do not know
 */
export async function loadTokenizer(modelFolder: string): Promise<Tokenizer> {
  const path = join(modelFolder, 'tokenizer.json');
  const definition = await readRecord(path);
  const config = await readRecord(join(modelFolder, 'tokenizer_config.json')).catch(() => ({}));
  refuseLeftTruncation(path, config);
  const library = build(path, definition, config);
  const template = readTemplate(path, definition['post_processor'], (token) => library.token_to_id(token));
  const idsOf = (text: string): number[] => library.encode(text, { add_special_tokens: false }).ids;
  return {
    encode: (texts, maxLength) => fillTemplate(template, texts.map(idsOf), maxLength),
    padId: padIdOf(path, library),
    vocabularySize: 1 + Math.max(...library.get_vocab().values()),
  };
}

async function readRecord(path: string): Promise<JsonRecord> {
  const expected = 'a tokenizer in JSON';
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const remedy = 'A model folder needs tokenizer.json; transformers writes it with save_pretrained.';
    throw new UserError({ where: path, expected, got: 'no readable file', remedy }, { cause: error });
  });
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (error) {
    throw new UserError(
      { where: path, expected, got: `broken JSON (${messageOf(error)})` },
      { cause: error },
    );
  }
  throw new UserError({ where: path, expected, got: 'other JSON' });
}

function build(path: string, definition: JsonRecord, config: JsonRecord): LibraryTokenizer {
  try {
    return buildTokenizer(definition, config);
  } catch (error) {
    const expected = 'a tokenizer that can be built';
    throw new UserError({ where: path, expected, got: messageOf(error) }, { cause: error });
  }
}

function refuseLeftTruncation(path: string, config: JsonRecord): void {
  const side = config['truncation_side'] ?? 'right';
  if (side !== 'right')
    throw new UserError({ where: path, expected: 'truncation_side right', got: JSON.stringify(side) });
}

function padIdOf(path: string, library: LibraryTokenizer): number {
  const id = library.token_to_id('[PAD]') ?? library.token_to_id('<pad>');
  if (id !== undefined) return id;
  throw new UserError({ where: path, expected: 'a padding token [PAD] or <pad>', got: 'neither' });
}
