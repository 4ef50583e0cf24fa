import { layerNorm } from '@im-bert/jit';
import * as tf from '@tensorflow/tfjs-core';
import { type EncoderConfig, maximumLength, positionOffset } from '../config/encoder-config.ts';
import { typeEmbeddings } from '../config/parameter-shapes.ts';
import { familyOf } from '../families/families.ts';
import { dropout } from './dropout.ts';
import { parameterOf, type Parameters } from './parameters.ts';

/** What enters a graph for one batch. */
export interface EmbeddedInputs {
  /** Rows of the word-embedding table [B, L, D], looked up on the host: their gradient is a row sum there. */
  readonly wordEmbeddings: tf.Tensor;
  /** int32 [B, L] */
  readonly typeIds: tf.Tensor;
  /** [B, L], 1 = token, 0 = padding; padding only at the end of a row. */
  readonly mask: tf.Tensor;
}

/**
 * Word, position and, where the family has them, token-type embeddings, summed, normalised, dropped out: [B, L, D].
 *
 * Positions and types are taken by slices and sums and not by gathers, whose gradient is a scatter (numerics B).
 * @throws RangeError if the batch is longer than the position table
 */
export function embed(
  parameters: Parameters,
  config: EncoderConfig,
  { wordEmbeddings, typeIds, mask }: EmbeddedInputs,
  keep: tf.Tensor | null,
): tf.Tensor {
  const [, length = 0] = wordEmbeddings.shape; // [B, L, D]
  if (length > maximumLength(config))
    throw new RangeError(`embed: expected at most ${maximumLength(config)} tokens, got ${length}.`);
  const positions = positionEmbeddings(
    parameterOf(parameters, 'embeddings.position_embeddings.weight'),
    config,
    mask,
    length,
  );
  const typed = familyOf(config).hasTokenTypes
    ? tf.add(wordEmbeddings, typeRows(parameterOf(parameters, typeEmbeddings), typeIds))
    : wordEmbeddings;
  const normalised = layerNorm(
    tf.add(typed, positions),
    parameterOf(parameters, 'embeddings.LayerNorm.weight'),
    parameterOf(parameters, 'embeddings.LayerNorm.bias'),
    config.layerNormEpsilon,
  );
  return dropout(normalised, keep, config.hiddenDropout);
}

/** [L, D], or [B, L, D] in families that give padding the row of the padding id. */
function positionEmbeddings(
  table: tf.Tensor,
  config: EncoderConfig,
  mask: tf.Tensor,
  length: number,
): tf.Tensor {
  const { width, padId } = config;
  const rows = tf.slice(table, [positionOffset(config), 0], [length, width]); // [L, D]
  if (!familyOf(config).positionsAfterPadding) return rows;
  const isToken = tf.expandDims(mask, 2); // [B, L, 1]
  const padding = tf.slice(table, [padId, 0], [1, width]); // [1, D]
  return tf.add(tf.mul(isToken, rows), tf.mul(tf.sub(1, isToken), padding));
}

/** [B, L, D], or [1, D] where there is one type only. */
function typeRows(table: tf.Tensor, typeIds: tf.Tensor): tf.Tensor {
  const [types = 0, width = 0] = table.shape; // [types, D]
  const rows = Array.from({ length: types }, (_, type) => tf.slice(table, [type, 0], [1, width]));
  const [only] = rows;
  if (only !== undefined && types === 1) return only;
  const ids = tf.expandDims(typeIds, 2); // [B, L, 1]
  return tf.addN(rows.map((row, type) => tf.mul(tf.cast(tf.equal(ids, type), 'float32'), row)));
}
