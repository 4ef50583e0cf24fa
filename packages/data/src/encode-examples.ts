import type { Example } from './example.ts';
import type { Tokenizer } from './tokenizers/tokenizer.ts';

/** An example as token ids, special tokens included, padding not. */
export interface Encoded {
  readonly id: string;
  readonly ids: readonly number[];
  /** 0 for the first text, 1 for the second where the family has types; as long as `ids`. */
  readonly typeIds: readonly number[];
  readonly label: number;
  /** The id that fills the row up to the length of its batch. */
  readonly padId: number;
}

/** The examples as token ids, each cut to at most `maxLength` tokens. @throws RangeError if maxLength holds no text */
export function encodeExamples(
  tokenizer: Tokenizer,
  examples: readonly Example[],
  maxLength: number,
): Encoded[] {
  return examples.map(({ id, texts, label }) => ({
    id,
    ...tokenizer.encode(texts, maxLength),
    label,
    padId: tokenizer.padId,
  }));
}
