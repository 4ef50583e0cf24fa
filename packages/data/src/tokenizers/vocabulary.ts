import { UserError } from '@im-bert/core';
import { isRecord, type JsonRecord } from './template.ts';

/** Most tokens, and most merges: larger than any that is known. */
const most = 2 ** 21;

/**
 * The ids of all tokens of tokenizer.json, the added ones included.
 * @throws UserError unless every id from 0 on is there once, and the model's other fields speak of these tokens
 */
export function checkVocabulary(where: string, definition: JsonRecord): ReadonlyMap<string, number> {
  const model = definition['model'];
  if (!isRecord(model))
    throw new UserError({ where: `${where} model`, expected: 'an object', got: typeof model });
  const ids = new Map([...tokensOf(`${where} model vocab`, model['vocab'])]);
  addTokens(`${where} added_tokens`, definition['added_tokens'], ids);
  const distinct = new Set(ids.values());
  const largest = distinct.size - 1;
  for (const [token, id] of ids)
    if (distinct.size !== ids.size || id > largest)
      throw new UserError({
        where: `${where} model vocab`,
        expected: `the ids 0 to ${String(ids.size - 1)}, each of one token`,
        got: `id ${String(id)} of ${JSON.stringify(token)}, and ${String(distinct.size)} different ids`,
      });
  checkUnknown(`${where} model`, model, ids);
  if (model['type'] === 'BPE') checkMerges(`${where} model merges`, model, ids);
  else if (model['type'] === 'WordPiece') checkWordPieces(`${where} model`, model, ids);
  else if (model['type'] !== 'Unigram')
    throw new UserError({
      where: `${where} model type`,
      expected: 'WordPiece, BPE or Unigram',
      got: shown(model['type']),
    });
  return ids;
}

function* tokensOf(where: string, vocabulary: unknown): Generator<readonly [string, number]> {
  const refuse = (got: unknown): UserError =>
    new UserError({
      where,
      expected: `at most ${String(most)} tokens with whole ids from 0 (or scores)`,
      got: shown(got),
    });
  if (Array.isArray(vocabulary)) {
    if (vocabulary.length > most) throw refuse(vocabulary.length);
    for (const [id, entry] of (vocabulary as unknown[]).entries()) {
      const [token, score] = Array.isArray(entry) ? (entry as unknown[]) : [];
      if (typeof token !== 'string' || !(typeof score === 'number' && Math.abs(score) < 1e6))
        throw refuse(entry);
      yield [token, id];
    }
    return;
  }
  const entries = isRecord(vocabulary) ? Object.entries(vocabulary) : [];
  if (entries.length === 0 || entries.length > most) throw refuse(entries.length);
  for (const [token, id] of entries) {
    if (!isId(id)) throw refuse(id);
    yield [token, id];
  }
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 * most;
}

function addTokens(where: string, added: unknown, ids: Map<string, number>): void {
  if (!Array.isArray(added)) throw new UserError({ where, expected: 'a list', got: shown(added) });
  for (const [place, token] of (added as unknown[]).entries()) {
    const { content, id, ...flags } = isRecord(token) ? token : {};
    const known = typeof content === 'string' ? ids.get(content) : undefined;
    const isRight = typeof content === 'string' && content !== '' && isId(id) && (known ?? id) === id;
    if (!isRight || Object.values(flags).some((flag) => typeof flag !== 'boolean'))
      throw new UserError({
        where: `${where}[${String(place)}]`,
        expected: `content, the id that it has in the vocabulary${known === undefined ? '' : ` (${String(known)})`}, and flags`,
        got: shown(token),
      });
    ids.set(content, id);
  }
}

function checkUnknown(
  where: string,
  { type, unk_token: unknown }: JsonRecord,
  ids: ReadonlyMap<string, number>,
): void {
  if (type === 'Unigram' || (type === 'BPE' && (unknown === null || unknown === undefined))) return;
  if (typeof unknown !== 'string' || !ids.has(unknown))
    throw new UserError({
      where: `${where} unk_token`,
      expected: 'a token of the vocabulary',
      got: shown(unknown),
    });
}

function checkWordPieces(where: string, model: JsonRecord, ids: ReadonlyMap<string, number>): void {
  const { continuing_subword_prefix: prefix, max_input_chars_per_word: longest } = model;
  if (
    typeof prefix !== 'string' ||
    prefix === '' ||
    ![...ids.keys()].some((token) => token.startsWith(prefix))
  )
    throw new UserError({
      where: `${where} continuing_subword_prefix`,
      expected: 'a prefix that tokens of the vocabulary have',
      got: shown(prefix),
    });
  if (!Number.isInteger(longest) || Number(longest) < 1 || Number(longest) > 10_000)
    throw new UserError({
      where: `${where} max_input_chars_per_word`,
      expected: '1 to 10000',
      got: shown(longest),
    });
}

/** Every merge joins two tokens of the vocabulary to a third. */
function checkMerges(where: string, model: JsonRecord, ids: ReadonlyMap<string, number>): void {
  const { merges, continuing_subword_prefix: prefix } = model;
  if (!Array.isArray(merges) || merges.length > most)
    throw new UserError({ where, expected: `a list of at most ${String(most)}`, got: shown(merges) });
  for (const [place, merge] of (merges as unknown[]).entries()) {
    const pair: readonly unknown[] =
      typeof merge === 'string' ? merge.split(' ') : Array.isArray(merge) ? merge : [];
    const joined = typeof prefix === 'string' && prefix !== '' ? pair : [...pair, pair.join('')];
    if (pair.length !== 2 || !joined.every((token) => typeof token === 'string' && ids.has(token)))
      throw new UserError({
        where: `${where}[${String(place)}]`,
        expected: 'two tokens whose union is a token',
        got: shown(merge),
      });
  }
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 200);
}
