import { linear } from '@im-bert/jit';
import * as tf from '@tensorflow/tfjs-core';
import type { EncoderConfig } from '../config/encoder-config.ts';
import { familyOf } from '../families/families.ts';
import { dropout } from './dropout.ts';
import type { HeadMasks } from './dropout-masks.ts';
import { parameterOf, type Parameters } from './parameters.ts';

/** The states at the first position: [B, L, D] to [B, D]. */
export function firstState(hidden: tf.Tensor): tf.Tensor {
  const [batch = 0, , width = 0] = hidden.shape;
  return tf.reshape(tf.slice(hidden, [0, 0, 0], [batch, 1, width]), [batch, width]);
}

/**
 * The first token's state through a tanh layer and a linear one: transformers' BertForSequenceClassification and
 * RobertaClassificationHead, which differ in names and in where they drop out.
 * @param parameters at least those of the head
 * @param first last layer's states at the first position [B, D]
 * @returns logits [B, C]
 */
export function classify(
  parameters: Parameters,
  config: EncoderConfig,
  first: tf.Tensor,
  masks: HeadMasks<tf.Tensor> | null,
): tf.Tensor {
  const { dense, output } = headLayers(parameters, config);
  const rate = config.classifierDropout;
  const features = dropout(first, masks?.features ?? null, rate);
  const pooled = dropout(tf.tanh(linear(features, ...dense)), masks?.pooled ?? null, rate); // [B, D]
  return linear(pooled, ...output);
}

type Linear = readonly [weight: tf.Tensor, bias: tf.Tensor];

function headLayers(
  parameters: Parameters,
  config: EncoderConfig,
): { readonly dense: Linear; readonly output: Linear } {
  const [denseWeight, denseBias, outputWeight, outputBias] = familyOf(config).head;
  const layer = (weight: string, bias: string): Linear => [
    parameterOf(parameters, weight),
    parameterOf(parameters, bias),
  ];
  return { dense: layer(denseWeight, denseBias), output: layer(outputWeight, outputBias) };
}
