import { type FloatTensor, type IntTensor, UserError } from '@im-bert/core';
import { type EncoderConfig, maximumLength } from '../config/encoder-config.ts';

/** A batch as the host holds it. */
export interface EncoderInputs {
  /** [B, L] */
  readonly ids: IntTensor;
  /** [B, L] */
  readonly typeIds: IntTensor;
  /** [B, L], 1 = token, 0 = padding; padding only at the end of a row. */
  readonly mask: FloatTensor;
}

/**
 * Checks on the host what a graph cannot see.
 * @throws UserError if a batch is too long, has an id outside the tables, or padding before a token
 */
export function checkInputs(config: EncoderConfig, { ids, typeIds, mask }: EncoderInputs): void {
  const [, length = 0] = ids.shape;
  const limit = maximumLength(config);
  if (length > limit)
    throw new UserError({ where: 'batch', expected: `at most ${limit} tokens a row`, got: String(length) });
  checkIds('token id', ids, config.vocabularySize);
  checkIds('token type', typeIds, config.tokenTypes);
  const late = mask.data.findIndex(
    (value, index) => index % length > 0 && value > (mask.data[index - 1] ?? 0),
  );
  if (late !== -1)
    throw new UserError({
      where: `batch row ${Math.floor(late / length)}`,
      expected: 'padding at the end only',
      got: `a token after padding, at ${late % length}`,
    });
}

function checkIds(what: string, { data }: IntTensor, size: number): void {
  const outside = data.find((id) => id < 0 || id >= size);
  if (outside !== undefined)
    throw new UserError({
      where: `batch ${what}`,
      expected: `one from 0 to ${size - 1}`,
      got: String(outside),
      remedy: 'Does the tokenizer belong to the model?',
    });
}
