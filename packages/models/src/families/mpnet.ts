import * as tf from '@tensorflow/tfjs-core';
import type { EncoderFamily } from './family.ts';
import { roberta } from './roberta.ts';

const table = 'encoder.relative_attention_bias.weight';

/** Rows of the table of relative positions, and the distance from which on all share the last row of their side. */
const buckets = 32;
const farthest = 128;

/** MPNet (Song et al., 2020): RoBERTa's positions and head, no token types, a bias by distance that all layers share. */
export const mpnet: EncoderFamily = {
  ...roberta,
  architecture: 'MPNetForSequenceClassification',
  renamed: [
    ['attention.self.query', 'attention.attn.q'],
    ['attention.self.key', 'attention.attn.k'],
    ['attention.self.value', 'attention.attn.v'],
    ['attention.output.dense', 'attention.attn.o'],
    ['attention.output.LayerNorm', 'attention.LayerNorm'],
  ],
  layerNormEpsilon: 1e-12,
  hasTokenTypes: false,
  shared: {
    shapes: ({ heads }) => ({ [table]: [buckets, heads] }),
    scores: ({ [table]: rows }, length) => relativePositions(rows, length),
  },
  constants: { relative_attention_num_buckets: buckets },
};

/**
 * The row for a token that lies `distance` to the right of the one that attends: each near distance has its own, farther
 * ones share rows in logarithmic steps (transformers' `MPNetEncoder.relative_position_bucket`).
 */
function bucketOf(distance: number): number {
  const [side, near] = [buckets / 2, buckets / 4];
  const away = Math.abs(distance);
  const steps = Math.log(away / near) / Math.log(farthest / near);
  const bucket = away < near ? away : Math.min(side - 1, near + Math.trunc(steps * (side - near)));
  return distance > 0 ? side + bucket : bucket;
}

/**
 * The table's rows at the distances of all pairs of positions: [1, H, L, L]. Entry (i, j) depends on j - i alone, so the
 * 2L rows of one period are looked up by a product (a gather's gradient is a scatter: numerics B), repeated and cut into
 * rows of 2L - 1, each of which then begins one distance earlier.
 */
function relativePositions(rows: tf.Tensor | undefined, length: number): tf.Tensor {
  if (rows === undefined) throw new RangeError(`parameters: expected one named ${table}, got none.`);
  const [, heads = 0] = rows.shape; // [32, H]
  const period = 2 * length;
  const distances = Array.from({ length: period }, (_, at) => (at < length ? at : at - period));
  const chosen = tf.tensor(
    distances.map((distance) =>
      Array.from({ length: buckets }, (_, row) => (row === bucketOf(distance) ? 1 : 0)),
    ),
    [period, buckets],
    'float32',
  );
  const once = tf.expandDims(tf.matMul(chosen, rows), 0); // [1, 2L, H]
  const repeated = tf.reshape(tf.mul(tf.ones([length, 1, 1]), once), [length * period, heads]);
  const skewed = tf.reshape(tf.slice(repeated, [0, 0], [length * (period - 1), heads]), [
    length,
    period - 1,
    heads,
  ]);
  const pairs = tf.slice(skewed, [0, 0, 0], [length, length, heads]); // [L, L, H]
  return tf.expandDims(tf.transpose(pairs, [2, 0, 1]), 0);
}
