import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@im-bert/core';
import { messageOf } from '../failure.ts';
import { checkComponent } from './components.ts';
import { buildTokenizer, type LibraryTokenizer } from './library.ts';
import { isRecord, type JsonRecord, readTemplate } from './template.ts';
import { fillTemplate, type Tokenizer } from './tokenizer.ts';
import { checkVocabulary } from './vocabulary.ts';

/** Largest tokenizer.json in bytes; those of 250,000 tokens have 17 million. */
const largestFile = 2 ** 28;

/**
 * The tokenizer of a model folder's tokenizer.json, with its own special tokens and types. Truncation and padding that
 * the file itself asks for (all-MiniLM: always 128 tokens) are not done: the caller's `maxLength` decides.
 * @throws UserError if the file is missing, broken, contradicts itself, or is of a kind that we do not know
 */
export async function loadTokenizer(modelFolder: string): Promise<Tokenizer> {
  const path = join(modelFolder, 'tokenizer.json');
  const definition = await readRecord(path);
  if (definition === undefined) throw missing(path);
  const config = (await readRecord(join(modelFolder, 'tokenizer_config.json'))) ?? {};
  refuseLeftTruncation(path, config);
  const ids = checkVocabulary(path, definition);
  for (const stage of ['normalizer', 'pre_tokenizer'] as const)
    checkComponent(`${path} ${stage}`, stage, definition[stage] ?? null);
  const library = build(path, definition);
  const template = readTemplate(path, definition['post_processor'], (token) => ids.get(token));
  return {
    encode: (texts, maxLength) =>
      fillTemplate(
        template,
        texts.map((text) => idsOf(path, library, text)),
        maxLength,
      ),
    padId: padIdOf(path, config, ids),
    vocabularySize: ids.size,
  };
}

/** @throws UserError if the vocabulary has no word for a part of the text, nor a token for unknown ones */
function idsOf(path: string, library: LibraryTokenizer, text: string): number[] {
  const { ids } = library.encode(text, { add_special_tokens: false });
  if (ids.every((id: number | undefined) => id !== undefined)) return ids;
  throw new UserError({
    where: path,
    expected: 'a token for every part of a text',
    got: `none in ${JSON.stringify(text)}`,
  });
}

/** The object that a file of JSON holds; undefined if there is no such file. */
async function readRecord(path: string): Promise<JsonRecord | undefined> {
  const expected = 'a tokenizer in JSON';
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isFile() || found.size > largestFile)
    throw new UserError({
      where: path,
      expected,
      got: found.isFile() ? `${String(found.size)} bytes` : 'no file',
    });
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
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

function missing(path: string): UserError {
  const remedy = 'A model folder needs tokenizer.json; transformers writes it with save_pretrained.';
  return new UserError({ where: path, expected: 'a tokenizer in JSON', got: 'no readable file', remedy });
}

function build(path: string, definition: JsonRecord): LibraryTokenizer {
  try {
    // Decoders only turn ids into text, and tokenizer_config.json adds nothing to what ids a text has.
    return buildTokenizer({ ...definition, decoder: null, post_processor: null }, {});
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

/** The padding token that the tokenizer names: MPNet's vocabulary has BERT's `[PAD]` too, as a word like others. */
function padIdOf(path: string, { pad_token: named }: JsonRecord, ids: ReadonlyMap<string, number>): number {
  const tokens = [...(typeof named === 'string' ? [named] : []), '[PAD]', '<pad>'];
  const id = tokens.map((token) => ids.get(token)).find((found) => found !== undefined);
  if (id !== undefined) return id;
  throw new UserError({ where: path, expected: 'a padding token [PAD] or <pad>', got: 'neither' });
}
