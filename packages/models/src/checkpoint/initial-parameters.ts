import { type FloatTensor, floatTensor, randomStream, sizeOf } from '@im-bert/core';
import type { EncoderConfig } from '../config/encoder-config.ts';
import { classifierShapes, wordEmbeddings } from '../config/parameter-shapes.ts';
import type { Model, Structure } from '../model/model.ts';

/**
 * A fresh parameter as transformers draws them: weights from a normal distribution, biases 0, LayerNorm gains 1, the
 * padding token's embedding 0. Each has a random stream of its own name, so one does not depend on which others are drawn.
 */
export function initialParameter(
  config: EncoderConfig,
  name: string,
  shape: readonly number[],
  seed: number,
): FloatTensor {
  const data = new Float32Array(sizeOf(shape));
  if (name.endsWith('LayerNorm.weight')) return floatTensor(data.fill(1), shape);
  if (name.endsWith('bias')) return floatTensor(data, shape);
  const random = randomStream(seed, `parameters/${name}`);
  for (let index = 0; index < data.length; index++) data[index] = config.initializerRange * random.normal();
  if (name === wordEmbeddings) data.fill(0, config.padId * config.width, (config.padId + 1) * config.width);
  return floatTensor(data, shape);
}

/** A classifier with fresh weights, the same for the same seed. */
export function randomModel(structure: Structure, seed: number): Model {
  const { config, connection, labels } = structure;
  const parameters = Object.entries(classifierShapes(config, labels)).map(([name, shape]) => [
    name,
    initialParameter(config, name, shape, seed),
  ]);
  return { config, connection, labels, parameters: Object.fromEntries(parameters) as Model['parameters'] };
}
