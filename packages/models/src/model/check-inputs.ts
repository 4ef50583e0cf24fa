import { type FloatTensor, type IntTensor, UserError } from '@im-bert/core';
import { type EncoderConfig, maximumLength } from '../config/encoder-config.ts';

/** A batch as the host holds it. */
export interface EncoderInputs {
  /** [B, L], B and L at least 1. */
  readonly ids: IntTensor;
  /** [B, L] */
  readonly typeIds: IntTensor;
  /** [B, L], 1 = token, 0 = padding; padding only at the end of a row, whose first position is a token. */
  readonly mask: FloatTensor;
}

/**
 * Checks on the host what a graph cannot see.
 * @throws UserError if a batch is empty or too long, its tensors differ in shape, it has an id outside the tables, a mask
 *   other than 0 and 1, padding before a token, or a row of padding alone
 */
export function checkInputs(config: EncoderConfig, { ids, typeIds, mask }: EncoderInputs): void {
  checkShapes(config, { ids, typeIds, mask });
  checkIds('token id', ids, config.vocabularySize);
  checkIds('token type', typeIds, config.tokenTypes);
  checkMask(mask);
}

function checkShapes(config: EncoderConfig, { ids, typeIds, mask }: EncoderInputs): void {
  const [rows = 0, length = 0] = ids.shape;
  const limit = maximumLength(config);
  if (ids.shape.length !== 2 || rows < 1 || length < 1)
    throw new UserError({
      where: 'batch',
      expected: 'rows and tokens, [B, L]',
      got: `shape [${ids.shape.join(', ')}]`,
    });
  if (length > limit)
    throw new UserError({ where: 'batch', expected: `at most ${limit} tokens a row`, got: String(length) });
  for (const [what, { shape }] of Object.entries({ 'token types': typeIds, mask }))
    if (shape.join() !== ids.shape.join())
      throw new UserError({
        where: `batch ${what}`,
        expected: `the shape of the ids, [${ids.shape.join(', ')}]`,
        got: `[${shape.join(', ')}]`,
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

function checkMask({ data, shape }: FloatTensor): void {
  const [, length = 0] = shape;
  data.forEach((value, index) => {
    const [row, place] = [Math.floor(index / length), index % length];
    const fault = maskFault(value, place === 0 ? undefined : data[index - 1], place);
    if (fault !== undefined) throw new UserError({ where: `batch row ${row}`, ...fault });
  });
}

function maskFault(value: number, before: number | undefined, place: number) {
  if (value !== 0 && value !== 1) return { expected: 'a mask of 0 and 1', got: `${value}, at ${place}` };
  if (value === 0 && before === undefined)
    return { expected: 'a token at the start', got: 'padding alone', remedy: 'Leave such rows out.' };
  if (value === 1 && before === 0)
    return { expected: 'padding at the end only', got: `a token after padding, at ${place}` };
  return undefined;
}
