import type { Tokenizer } from './tokenizers/tokenizer.ts';

/** Where an adversarial change sits, in AdvGLUE's words (its field `data_construction`). */
export const levels = ['word', 'sentence', 'human'] as const;
export type Level = (typeof levels)[number];

/** One text, or a pair of texts. */
export type Texts = readonly [string] | readonly [string, string];

/** A labelled text or pair of texts. */
export interface Example {
  /** Stable over runs and machines: `sst2/train/123`; `synthetic/...` for generated ones. */
  readonly id: string;
  readonly texts: Texts;
  /** Index into the task's `labels`. */
  readonly label: number;
  /** Adversarial examples only. Group by this, never by `method`: one method serves several levels. */
  readonly level?: Level;
  /** Adversarial examples only: the attack that made it, as AdvGLUE names it. */
  readonly method?: string;
  /** Adversarial examples only: the texts before the attack, where they are known. Those people wrote have none. */
  readonly original?: Texts;
}

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
