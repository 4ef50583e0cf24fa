import type * as tf from '@tensorflow/tfjs-core';
import type { EmbeddingParameterName, LayerParameterName } from '../config/parameter-shapes.ts';
import { layerParameter, layerParameterNames } from '../config/parameter-shapes.ts';

/** All parameters of a classifier by their Hugging Face names, without the `bert.` or `roberta.` prefix. */
export type Parameters<Leaf = tf.Tensor> = Readonly<Record<string, Leaf>>;

/** What `embed` needs beside the looked-up word embeddings. */
export type EmbeddingParameters<Leaf = tf.Tensor> = Readonly<Record<EmbeddingParameterName, Leaf>>;

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
export function pickParameters<Leaf, Name extends string>(
  parameters: Parameters<Leaf>,
  names: readonly Name[],
): Readonly<Record<Name, Leaf>> {
  const picked = names.map((name) => [name, parameterOf(parameters, name)]);
  return Object.fromEntries(picked) as Readonly<Record<Name, Leaf>>;
}

/**
 * The parameters of one layer.
 * @param index counted from 0, as in the names
 * @throws RangeError if one is missing
 */
export function layerParametersOf<Leaf>(parameters: Parameters<Leaf>, index: number): LayerParameters<Leaf> {
  const picked = layerParameterNames.map((name) => [
    name,
    parameterOf(parameters, layerParameter(index, name)),
  ]);
  return Object.fromEntries(picked) as LayerParameters<Leaf>;
}
