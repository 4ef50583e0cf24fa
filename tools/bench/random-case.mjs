import { floatTensor, intTensor, randomStream } from '@im-bert/core';
import { connectionSchema, randomModel } from '@im-bert/models';
import { vocabulary } from './cases.mjs';

/** A random classifier of those sizes, a full random batch for it, and buffers for its gradients. */
export function randomCase({ batch, length, ...shape }, connection = {}) {
  const config = {
    ...shape,
    ...{ family: 'bert', vocabularySize: vocabulary, positions: 512, tokenTypes: 2, padId: 0 },
    ...{ hiddenDropout: 0.1, attentionDropout: 0.1, classifierDropout: 0.1 },
    ...{ layerNormEpsilon: 1e-12, initializerRange: 0.02 },
  };
  const model = randomModel({ config, connection: connectionSchema.parse(connection), labels: 2 }, 1);
  const random = randomStream(1, 'bench');
  const integers = (count, bound) => Int32Array.from({ length: count }, () => random.integer(bound));
  const inputs = {
    ids: intTensor(integers(batch * length, vocabulary), [batch, length]),
    typeIds: intTensor(new Int32Array(batch * length), [batch, length]),
    mask: floatTensor(new Float32Array(batch * length).fill(1), [batch, length]),
    labels: intTensor(integers(batch, 2), [batch]),
    weights: floatTensor(new Float32Array(batch).fill(1), [batch]),
  };
  const gradients = Object.fromEntries(
    Object.entries(model.parameters).map(([name, { data, shape }]) => [
      name,
      floatTensor(new Float32Array(data.length), shape),
    ]),
  );
  return { model, inputs, gradients };
}
