import { bucketsUpTo, makeBatches, type Texts, type Batch, type Tokenizer } from '@im-bert/data';

/**
 * Rows of a batch: fixed, so that an input's answer does not depend on how many are asked with it. Attacks ask a few texts
 * at a time, and every missing one costs as much as a text: TextFooler takes 1.4 times as long with 16 (docs/attacks.md).
 */
const rows = 4;

/** Inputs as batches of few shapes. Texts are cut at `maxLength` tokens. */
export function batchedInputs(
  tokenizer: Tokenizer,
  inputs: readonly Texts[],
  maxLength: number,
): readonly Batch[] {
  // A word of thousands of signs costs its square in some tokenizers; no token is longer than its text.
  const encoded = inputs.map((texts, index) => ({
    id: String(index),
    ...tokenizer.encode(texts, maxLength),
    label: 0,
    padId: tokenizer.padId,
  }));
  return makeBatches(encoded, { batchSize: rows, bucketLengths: bucketsUpTo(maxLength) });
}
