import { embeddedLexicon } from '../synthetic/embedded-corpus.ts';
import { bertTemplate, fillTemplate, robertaTemplate, type Template, type Tokenizer } from './tokenizer.ts';

/** A family's special tokens in the order of their ids, and its template. */
interface Family {
  readonly specials: readonly string[];
  readonly pad: string;
  readonly unknown: string;
  readonly template: (ids: ReadonlyMap<string, number>) => Template;
}

const idOf = (ids: ReadonlyMap<string, number>, token: string): number => ids.get(token) ?? 0;

const fairseq: Family = {
  specials: ['<s>', '<pad>', '</s>', '<unk>', '<mask>'],
  pad: '<pad>',
  unknown: '<unk>',
  template: (ids) => robertaTemplate(idOf(ids, '<s>'), idOf(ids, '</s>')),
};

const families = {
  bert: {
    specials: ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'],
    pad: '[PAD]',
    unknown: '[UNK]',
    template: (ids) => bertTemplate(idOf(ids, '[CLS]'), idOf(ids, '[SEP]')),
  },
  roberta: fairseq,
  mpnet: fairseq,
} as const satisfies Record<string, Family>;

/**
 * The tokenizer of the embedded corpora: a word is a token, and a word outside their closed vocabulary (a typo, say)
 * is the unknown token. Special tokens, types and padding are those of the family.
 */
export function embeddedTokenizer(family: keyof typeof families): Tokenizer {
  const { specials, pad, unknown, template } = families[family];
  const words = embeddedLexicon.join(' ').match(/[^\s{}]+(?![^{\s]*\})/g) ?? [];
  const ids = new Map([...specials, ...[...new Set(words)].sort()].map((token, id) => [token, id]));
  const filled = template(ids);
  const unknownId = idOf(ids, unknown);
  const idsOf = (text: string): number[] =>
    text
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => ids.get(word) ?? unknownId);
  return {
    encode: (texts, maxLength) => fillTemplate(filled, texts.map(idsOf), maxLength),
    padId: idOf(ids, pad),
    vocabularySize: ids.size,
  };
}
