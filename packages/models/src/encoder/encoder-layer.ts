import { gelu, layerNorm, linear, softmax } from '@im-bert/jit';
import * as tf from '@tensorflow/tfjs-core';
import type { EncoderConfig } from '../config/encoder-config.ts';
import { dropout } from './dropout.ts';
import type { LayerMasks } from './dropout-masks.ts';
import type { LayerParameters } from './parameters.ts';

/**
 * What is added to the attention scores: 0 for tokens, -10,000 for padding, whose weight is then exactly 0 in float32
 * (and in half precision, where -1e9 would be infinite).
 * @param mask [B, L], 1 = token
 * @returns [B, 1, 1, L]
 */
export function attentionBias(mask: tf.Tensor): tf.Tensor {
  const [batch = 0, length = 0] = mask.shape; // [B, L]
  return tf.reshape(tf.mul(tf.sub(1, mask), -10000), [batch, 1, 1, length]);
}

/**
 * One post-LayerNorm encoder layer of BERT and RoBERTa, its two inner residual connections included: the paper's phi_t.
 * @param hidden [B, L, D]
 * @param bias [B, 1, 1, L], from `attentionBias`
 * @param masks dropout masks of this evaluation; null: no dropout
 * @returns [B, L, D]
 */
export function encoderLayer(
  parameters: LayerParameters,
  config: EncoderConfig,
  hidden: tf.Tensor,
  bias: tf.Tensor,
  masks: LayerMasks<tf.Tensor> | null,
): tf.Tensor {
  const [batch = 0, length = 0, width = 0] = hidden.shape; // [B, L, D]
  const rows = [batch * length, width]; // [B·L, D]
  const flatMask = (mask: tf.Tensor | null | undefined): tf.Tensor | null =>
    mask ? tf.reshape(mask, rows) : null;
  const input = tf.reshape(hidden, rows); // [B·L, D]

  const context = selfAttention(parameters, config, input, bias, masks?.attention ?? null); // [B·L, D]
  const attended = layerNorm(
    tf.add(
      dropout(
        linear(
          context,
          parameters['attention.output.dense.weight'],
          parameters['attention.output.dense.bias'],
        ),
        flatMask(masks?.attentionOutput),
        config.hiddenDropout,
      ),
      input,
    ),
    parameters['attention.output.LayerNorm.weight'],
    parameters['attention.output.LayerNorm.bias'],
    config.layerNormEpsilon,
  ); // [B·L, D]

  const wide = gelu(
    linear(attended, parameters['intermediate.dense.weight'], parameters['intermediate.dense.bias']),
  ); // [B·L, F]
  const output = layerNorm(
    tf.add(
      dropout(
        linear(wide, parameters['output.dense.weight'], parameters['output.dense.bias']),
        flatMask(masks?.feedForwardOutput),
        config.hiddenDropout,
      ),
      attended,
    ),
    parameters['output.LayerNorm.weight'],
    parameters['output.LayerNorm.bias'],
    config.layerNormEpsilon,
  ); // [B·L, D]
  return tf.reshape(output, [batch, length, width]);
}

/** Multi-head self-attention without its output projection: [B·L, D] to [B·L, D]. */
function selfAttention(
  parameters: LayerParameters,
  { heads, attentionDropout }: EncoderConfig,
  input: tf.Tensor,
  bias: tf.Tensor,
  keep: tf.Tensor | null,
): tf.Tensor {
  const [rows = 0, width = 0] = input.shape; // [B·L, D]
  const [batch = 0, , , length = 0] = bias.shape; // [B, 1, 1, L]
  const headWidth = width / heads; // E
  const project = (name: 'query' | 'key' | 'value'): tf.Tensor => {
    const projected = linear(
      input,
      parameters[`attention.self.${name}.weight`],
      parameters[`attention.self.${name}.bias`],
    );
    return tf.transpose(tf.reshape(projected, [batch, length, heads, headWidth]), [0, 2, 1, 3]); // [B, H, L, E]
  };
  const scores = tf.mul(tf.matMul(project('query'), project('key'), false, true), 1 / Math.sqrt(headWidth));
  const probabilities = dropout(softmax(tf.add(scores, bias)), keep, attentionDropout); // [B, H, L, L]
  const context = tf.matMul(probabilities, project('value')); // [B, H, L, E]
  return tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [rows, width]);
}
