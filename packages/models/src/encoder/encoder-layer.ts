import { gelu, layerNorm, linear, softmax } from '@im-bert/jit';
import * as tf from '@tensorflow/tfjs-core';
import type { EncoderConfig } from '../config/encoder-config.ts';
import { familyOf } from '../families/families.ts';
import { dropout } from './dropout.ts';
import { firstPositions } from './first-positions.ts';
import type { LayerMasks } from './dropout-masks.ts';
import type { LayerParameters, Parameters } from './parameters.ts';

/** The lowest float32. A constant such as -10,000 is no mask once states, and so the scores, grow to thousands. */
const lowest = -3.4028234663852886e38;

/**
 * What is added to the attention scores: 0 for tokens, the lowest float32 for padding, whose weight is then exactly 0
 * beside any token.
 * @param mask [B, L], 1 = token; a token in each row
 * @returns [B, 1, 1, L]
 */
export function attentionBias(mask: tf.Tensor): tf.Tensor {
  const [batch = 0, length = 0] = mask.shape; // [B, L]
  return tf.reshape(tf.mul(tf.sub(1, mask), lowest), [batch, 1, 1, length]);
}

/**
 * All that is added to the attention scores of every layer: `attentionBias`, and what the family's layers share.
 * @param parameters at least those that all layers read
 * @param mask [B, L], 1 = token; a token in each row
 * @returns [B, 1, 1, L] or [B, H, L, L]
 */
export function scoreBias(parameters: Parameters, config: EncoderConfig, mask: tf.Tensor): tf.Tensor {
  const [, length = 0] = mask.shape;
  const shared = familyOf(config).shared?.scores(parameters, length);
  const bias = attentionBias(mask);
  return shared === undefined ? bias : tf.add(shared, bias);
}

/**
 * One post-LayerNorm encoder layer of BERT and its kin, its two inner residual connections included: the paper's phi_t.
 * @param hidden [B, L, D]
 * @param bias [B, 1, 1, L] or [B, H, L, L], from `scoreBias`
 * @param masks dropout masks of this evaluation; null: no dropout
 * @param wanted P, how many positions of the result are wanted, from the first on; all are attended to
 * @returns [B, P, D]
 */
export function encoderLayer(
  parameters: LayerParameters,
  config: EncoderConfig,
  hidden: tf.Tensor,
  bias: tf.Tensor,
  masks: LayerMasks<tf.Tensor> | null,
  wanted = hidden.shape[1] ?? 0,
): tf.Tensor {
  const [batch = 0, , width = 0] = hidden.shape; // [B, L, D]
  const flat = (x: tf.Tensor): tf.Tensor => tf.reshape(firstPositions(x, wanted), [batch * wanted, width]);
  const flatMask = (mask: tf.Tensor | null | undefined): tf.Tensor | null => (mask ? flat(mask) : null);
  const input = flat(hidden); // [B·P, D]

  const context = selfAttention(parameters, config, hidden, input, bias, masks?.attention ?? null); // [B·P, D]
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
  ); // [B·P, D]

  const wide = gelu(
    linear(attended, parameters['intermediate.dense.weight'], parameters['intermediate.dense.bias']),
  ); // [B·P, F]
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
  ); // [B·P, D]
  return tf.reshape(output, [batch, wanted, width]);
}

/**
 * Multi-head self-attention without its output projection.
 * @param hidden what is attended to [B, L, D]
 * @param asking rows of the positions that attend [B·P, D]
 * @param keep [B, H, L, L]
 * @returns [B·P, D]
 */
function selfAttention(
  parameters: LayerParameters,
  { heads, attentionDropout }: EncoderConfig,
  hidden: tf.Tensor,
  asking: tf.Tensor,
  bias: tf.Tensor,
  keep: tf.Tensor | null,
): tf.Tensor {
  const [batch = 0, length = 0, width = 0] = hidden.shape; // [B, L, D]
  const [rows = 0] = asking.shape; // [B·P, D]
  const [wanted, headWidth] = [rows / batch, width / heads]; // P, E
  const input = wanted === length ? asking : tf.reshape(hidden, [batch * length, width]); // [B·L, D]
  const project = (name: 'query' | 'key' | 'value', x: tf.Tensor): tf.Tensor => {
    const projected = linear(
      x,
      parameters[`attention.self.${name}.weight`],
      parameters[`attention.self.${name}.bias`],
    );
    return tf.transpose(tf.reshape(projected, [batch, -1, heads, headWidth]), [0, 2, 1, 3]); // [B, H, P or L, E]
  };
  const products = tf.matMul(project('query', asking), project('key', input), false, true); // [B, H, P, L]
  const added = bias.shape[2] === length ? firstPositions(bias, wanted, 2) : bias;
  const weights = softmax(tf.add(tf.mul(products, 1 / Math.sqrt(headWidth)), added));
  const kept = keep && firstPositions(keep, wanted, 2);
  const context = tf.matMul(dropout(weights, kept, attentionDropout), project('value', input)); // [B, H, P, E]
  return tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [rows, width]);
}
