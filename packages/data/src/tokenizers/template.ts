import { UserError } from '@im-bert/core';
import { bertTemplate, robertaTemplate, type Template, type TemplatePiece } from './tokenizer.ts';

/** An object of parsed JSON. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type IdOf = (token: string) => number | undefined;

/**
 * The template that tokenizer.json's `post_processor` describes: TemplateProcessing, BertProcessing, RobertaProcessing,
 * or a sequence with one of them. (The JavaScript tokenizers library gives RoBERTa's second text type 1; transformers
 * gives it type 0, and the model has no other, so types come from here.)
 * @throws UserError if it is of another kind
 */
export function readTemplate(where: string, processor: unknown, idOf: IdOf): Template {
  const found = templateOf(processor, idOf);
  if (found !== undefined) return found;
  throw new UserError({
    where: `${where} post_processor`,
    expected:
      'TemplateProcessing, BertProcessing or RobertaProcessing, with tokens of the vocabulary, and each text once',
    got: isRecord(processor) ? JSON.stringify(processor['type'] ?? 'no type') : 'none',
  });
}

function templateOf(processor: unknown, idOf: IdOf): Template | undefined {
  if (!isRecord(processor)) return undefined;
  if (processor['type'] === 'Sequence' && Array.isArray(processor['processors']))
    return processor['processors'].map((part) => templateOf(part, idOf)).find((part) => part !== undefined);
  if (processor['type'] === 'TemplateProcessing') {
    const single = piecesOf(processor['single'], idOf);
    const pair = piecesOf(processor['pair'], idOf);
    if (single === undefined || pair === undefined || !agrees(processor['special_tokens'], idOf))
      return undefined;
    return textsOf(single) === '0' && textsOf(pair) === '0,1' ? { single, pair } : undefined;
  }
  const [start, end] = [firstId(processor['cls'], idOf), firstId(processor['sep'], idOf)];
  if (start === undefined || end === undefined) return undefined;
  if (processor['type'] === 'BertProcessing') return bertTemplate(start, end);
  return processor['type'] === 'RobertaProcessing' ? robertaTemplate(start, end) : undefined;
}

/** Which texts the pieces hold, in order. */
function textsOf(pieces: readonly TemplatePiece[]): string {
  return pieces.flatMap((piece) => ('text' in piece ? [piece.text] : [])).join();
}

/** Whether the ids that the template itself gives its tokens are those of the vocabulary. */
function agrees(specials: unknown, idOf: IdOf): boolean {
  return (
    isRecord(specials) &&
    Object.entries(specials).every(
      ([token, entry]) => isRecord(entry) && JSON.stringify(entry['ids']) === JSON.stringify([idOf(token)]),
    )
  );
}

/** The id of a `[token, id]` entry, if the vocabulary agrees. */
function firstId(entry: unknown, idOf: IdOf): number | undefined {
  const [token, id] = Array.isArray(entry) ? (entry as unknown[]) : [];
  return typeof token === 'string' && idOf(token) === id ? idOf(token) : undefined;
}

function piecesOf(pieces: unknown, idOf: IdOf): readonly TemplatePiece[] | undefined {
  if (!Array.isArray(pieces)) return undefined;
  const read = pieces.map((piece) => pieceOf(piece, idOf)).filter((piece) => piece !== undefined);
  return read.length === pieces.length ? read : undefined;
}

function pieceOf(piece: unknown, idOf: IdOf): TemplatePiece | undefined {
  if (!isRecord(piece)) return undefined;
  const { SpecialToken: special, Sequence: sequence } = piece;
  const inner = special ?? sequence;
  if (
    !isRecord(inner) ||
    typeof inner['id'] !== 'string' ||
    (inner['type_id'] !== 0 && inner['type_id'] !== 1)
  )
    return undefined;
  const typeId = inner['type_id'];
  if (sequence !== undefined) {
    const text = (['A', 'B'] as const).findIndex((name) => name === inner['id']);
    return text === 0 || text === 1 ? { text, typeId } : undefined;
  }
  const id = idOf(inner['id']);
  return id === undefined ? undefined : { special: id, typeId };
}
