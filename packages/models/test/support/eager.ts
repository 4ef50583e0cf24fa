import '@tensorflow/tfjs-backend-cpu';
import type { HostTensor } from '@im-bert/core';
import {
  classifySequence,
  type DropoutMasks,
  lookUpRows,
  type Model,
  wordEmbeddings,
  type EncoderInputs,
} from '@im-bert/models';
import * as tf from '@tensorflow/tfjs-core';

/** What the tests ask of a model on one batch, by eager tfjs. */
export interface Forward {
  /** [B][C] */
  readonly logits: readonly (readonly number[])[];
  /** Relative residuals [layer][iteration][example]; layers without an equation are left out. */
  readonly relative: readonly (readonly (readonly number[])[])[];
}

export type Masks = DropoutMasks<tf.Tensor> | null;

/** Puts a host tensor onto the active backend. */
function toTensor({ data, shape, dtype }: HostTensor): tf.Tensor {
  return tf.tensor(data, [...shape], dtype);
}

/** The tensor's values as nested lists, rank 2. */
function toRows(tensor: tf.Tensor): number[][] {
  const [rows = 0, columns = 0] = tensor.shape;
  const values = [...tensor.dataSync()];
  return Array.from({ length: rows }, (_, row) => values.slice(row * columns, (row + 1) * columns));
}

/** Forward pass of a batch. */
export function forward(model: Model, inputs: EncoderInputs, masks: Masks = null): Forward {
  return tf.tidy(() => {
    const { parameters, embedded } = onBackend(model, inputs);
    const { logits, residuals } = classifySequence(model, parameters, embedded, masks, { measureEnd: true });
    const solved = residuals.flatMap((residual) => (residual === null ? [] : [residual]));
    return { logits: toRows(logits), relative: solved.map(({ relative }) => toRows(relative)) };
  });
}

/** The model's graph parameters and a batch with its words looked up, on the active backend. */
function onBackend(model: Model, inputs: EncoderInputs) {
  const { [wordEmbeddings]: table, ...others } = model.parameters;
  if (table === undefined) throw new RangeError('the model has no word embeddings');
  return {
    parameters: Object.fromEntries(Object.entries(others).map(([name, value]) => [name, toTensor(value)])),
    embedded: {
      wordEmbeddings: toTensor(lookUpRows(table, inputs.ids)),
      typeIds: toTensor(inputs.typeIds),
      mask: toTensor(inputs.mask),
    },
  };
}
