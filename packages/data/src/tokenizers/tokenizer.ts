import type { Texts } from '../example.ts';

/** Texts as token ids, special tokens included. */
export interface Encoding {
  readonly ids: number[];
  /** As long as `ids`. */
  readonly typeIds: number[];
}

/** Turns texts into the ids that a model was trained on. */
export interface Tokenizer {
  /**
   * The ids of a text or pair, special tokens included, cut longest-first to at most `maxLength`.
   * @throws RangeError if `maxLength` leaves no room for a token of text
   */
  encode(texts: Texts, maxLength: number): Encoding;
  /** The id of padding. */
  readonly padId: number;
  /** One more than the largest id. */
  readonly vocabularySize: number;
}

/** The special tokens around the texts, and the type of what lies between them. */
export interface Template {
  readonly single: readonly TemplatePiece[];
  readonly pair: readonly TemplatePiece[];
}

/** A special token, or the place of the first (0) or second (1) text. */
export type TemplatePiece =
  { readonly special: number; readonly typeId: number } | { readonly text: 0 | 1; readonly typeId: number };

/** The template of BERT, `[CLS] a [SEP] b [SEP]`, whose second text has type 1. */
export function bertTemplate(cls: number, sep: number): Template {
  const single: readonly TemplatePiece[] = [
    { special: cls, typeId: 0 },
    { text: 0, typeId: 0 },
    { special: sep, typeId: 0 },
  ];
  return { single, pair: [...single, { text: 1, typeId: 1 }, { special: sep, typeId: 1 }] };
}

/** The template of RoBERTa, `<s> a </s></s> b </s>`; it has one type, 0. */
export function robertaTemplate(start: number, end: number): Template {
  const single: readonly TemplatePiece[] = [
    { special: start, typeId: 0 },
    { text: 0, typeId: 0 },
    { special: end, typeId: 0 },
  ];
  const second: readonly TemplatePiece[] = [
    { special: end, typeId: 0 },
    { text: 1, typeId: 0 },
    { special: end, typeId: 0 },
  ];
  return { single, pair: [...single, ...second] };
}

/** Puts one or two texts' ids into the template, cut to `maxLength`. @throws RangeError if no token of text fits */
export function fillTemplate(
  template: Template,
  texts: readonly (readonly number[])[],
  maxLength: number,
): Encoding {
  const pieces = texts.length === 1 ? template.single : template.pair;
  const specials = pieces.filter((piece) => 'special' in piece).length;
  if (maxLength < specials + texts.length)
    throw new RangeError(
      `maxLength: expected at least ${String(specials + texts.length)} (${String(specials)} special tokens and a token of each text), got ${String(maxLength)}.`,
    );
  const kept = truncateLongestFirst(texts, maxLength - specials);
  const ids: number[] = [];
  const typeIds: number[] = [];
  for (const piece of pieces) {
    const part = 'special' in piece ? [piece.special] : (kept[piece.text] ?? []);
    for (const id of part) {
      ids.push(id);
      typeIds.push(piece.typeId);
    }
  }
  return { ids, typeIds };
}

/**
 * The first `room` ids of one text; of two, the ids that are left when the longer one loses its end until both fit.
 * When both must be cut, the odd token goes to the longer text, and to the second of two equally long ones
 * (Hugging Face `tokenizers`, `truncate_encodings`, which transformers' fast tokenizers run; its slow ones give the
 * odd token of a tie to the first).
 */
export function truncateLongestFirst(texts: readonly (readonly number[])[], room: number): number[][] {
  const [first = [], second] = texts;
  if (second === undefined) return [first.slice(0, room)];
  const shorter = Math.min(first.length, second.length);
  const half = Math.floor(room / 2);
  const short = Math.min(shorter, half);
  const long = room - short;
  return first.length > second.length
    ? [first.slice(0, long), second.slice(0, short)]
    : [first.slice(0, short), second.slice(0, long)];
}
