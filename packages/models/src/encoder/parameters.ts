import type * as tf from '@tensorflow/tfjs-core';
import type { EncoderConfig } from '../config/encoder-config.ts';
import {
  layerParameter,
  type LayerParameterName,
  layerParameterNames,
  sharedParameterNames,
} from '../config/parameter-shapes.ts';

/** All parameters of a classifier by their Hugging Face names, without the family's prefix. */
export type Parameters<Leaf = tf.Tensor> = Readonly<Record<string, Leaf>>;

/** One layer's parameters, named as after `encoder.layer.<n>.`, so that all layers share one signature. */
export type LayerParameters<Leaf = tf.Tensor> = Readonly<Record<LayerParameterName, Leaf>>;

/**
 * The parameter of that name.
 * @throws RangeError if there is none
 */
export function parameterOf<Leaf>(parameters: Parameters<Leaf>, name: string): Leaf {
  const parameter = parameters[name];
  if (parameter === undefined) throw new RangeError(`parameters: expected one named ${name}, got none.`);
  return parameter;
}

/** Picks parameters by name. @throws RangeError if one is missing */
export function pickParameters<Leaf>(
  parameters: Parameters<Leaf>,
  names: readonly string[],
): Parameters<Leaf> {
  return Object.fromEntries(names.map((name) => [name, parameterOf(parameters, name)]));
}

/**
 * The parameters that one layer reads: its own, and under their whole names those that all layers read.
 * @param index counted from 0, as in the names
 * @throws RangeError if one is missing
 */
export function layerParametersOf<Leaf>(
  parameters: Parameters<Leaf>,
  config: EncoderConfig,
  index: number,
): LayerParameters<Leaf> & Parameters<Leaf> {
  const own = layerParameterNames.map((name) => [name, parameterOf(parameters, layerParameter(index, name))]);
  const shared = pickParameters(parameters, sharedParameterNames(config));
  return { ...(Object.fromEntries(own) as Record<LayerParameterName, Leaf>), ...shared };
}
