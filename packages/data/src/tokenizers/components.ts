import { UserError } from '@im-bert/core';
import { isRecord, type JsonRecord } from './template.ts';

type FieldType = 'flag' | 'flag or null' | 'text' | 'literal pattern' | 'list';

type Fields = Readonly<Record<string, FieldType>>;

/** Fields that some writers of the format leave out; the library has the same defaults as they. */
const optional: ReadonlySet<string> = new Set([
  'use_regex',
  'prepend_scheme',
  'split',
  'str_rep',
  'add_prefix_space',
  'trim_offsets',
  'invert',
]);

/** What may stand before the model in tokenizer.json, and each one's fields. */
const stages = {
  normalizer: {
    BertNormalizer: {
      clean_text: 'flag',
      handle_chinese_chars: 'flag',
      strip_accents: 'flag or null',
      lowercase: 'flag',
    },
    Lowercase: {},
    NFC: {},
    NFD: {},
    NFKC: {},
    NFKD: {},
    Precompiled: { precompiled_charsmap: 'text' },
    Prepend: { prepend: 'text' },
    Replace: { pattern: 'literal pattern', content: 'text' },
    Sequence: { normalizers: 'list' },
    Strip: { strip_left: 'flag', strip_right: 'flag' },
    StripAccents: {},
  },
  pre_tokenizer: {
    BertPreTokenizer: {},
    ByteLevel: { add_prefix_space: 'flag', trim_offsets: 'flag', use_regex: 'flag' },
    Digits: { individual_digits: 'flag' },
    Metaspace: {
      replacement: 'text',
      prepend_scheme: 'text',
      split: 'flag',
      str_rep: 'text',
      add_prefix_space: 'flag',
    },
    Punctuation: { behavior: 'text' },
    Sequence: { pretokenizers: 'list' },
    Split: { pattern: 'literal pattern', behavior: 'text', invert: 'flag' },
    Whitespace: {},
    WhitespaceSplit: {},
  },
} as const satisfies Record<string, Readonly<Record<string, Fields>>>;

const fits: Readonly<Record<Exclude<FieldType, 'list'>, (value: unknown) => boolean>> = {
  flag: (value) => typeof value === 'boolean',
  'flag or null': (value) => value === null || typeof value === 'boolean',
  text: (value) => typeof value === 'string',
  // A regular expression of a file's own can take forever (and an empty pattern matches everywhere).
  'literal pattern': (value) =>
    isRecord(value) &&
    Object.keys(value).join() === 'String' &&
    typeof value['String'] === 'string' &&
    value['String'] !== '',
};

/** Most components within one another. */
const deepest = 8;

/**
 * Checks normalizer or pre-tokenizer: known kinds, with the fields that they have and no others.
 * @throws UserError that names the component
 */
export function checkComponent(
  where: string,
  stage: keyof typeof stages,
  component: unknown,
  depth = 0,
): void {
  if (component === null) return;
  const kinds: Readonly<Record<string, Fields>> = stages[stage];
  const kind = isRecord(component) ? String(component['type']) : typeof component;
  const fields = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (!isRecord(component) || fields === undefined || depth > deepest)
    throw new UserError({
      where,
      expected: `null or one of ${Object.keys(kinds).join(', ')}, at most ${deepest} deep`,
      got: kind,
    });
  for (const key of new Set([...Object.keys(fields), ...Object.keys(component)]))
    if (key !== 'type') checkField(`${where} ${kind}`, stage, component, key, fields, depth);
}

function checkField(
  where: string,
  stage: keyof typeof stages,
  component: JsonRecord,
  key: string,
  fields: Fields,
  depth: number,
): void {
  const type = Object.hasOwn(fields, key) ? fields[key] : undefined;
  const value = component[key];
  if (value === undefined && optional.has(key)) return;
  if (type === 'list' && Array.isArray(value)) {
    value.forEach((part: unknown, place) => {
      checkComponent(`${where}[${String(place)}]`, stage, part ?? 'nothing', depth + 1);
    });
    return;
  }
  if (type !== undefined && type !== 'list' && fits[type](value)) return;
  throw new UserError({
    where: `${where} ${key}`,
    expected: type ?? 'no such field',
    got: value === undefined ? 'nothing' : JSON.stringify(value),
  });
}
