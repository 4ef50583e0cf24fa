import '@tensorflow/tfjs-backend-cpu';
import { type FloatTensor, floatTensor, type HostTensor, intTensor, type IntTensor } from '@im-bert/core';
import { logSoftmax } from '@im-bert/jit';
import {
  classifySequence,
  type DropoutMasks,
  lookUpRows,
  type Model,
  sumRows,
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
export function toTensor({ data, shape, dtype }: HostTensor): tf.Tensor {
  return tf.tensor(data, [...shape], dtype);
}

/** Reads a float tensor back. */
export function toHost(tensor: tf.Tensor): FloatTensor {
  return floatTensor(Float32Array.from(tensor.dataSync()), tensor.shape);
}

/** The tensor's values as nested lists, rank 2. */
export function toRows(tensor: tf.Tensor): number[][] {
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

/** Mean cross-entropy of a batch. */
export function lossOf(
  model: Model,
  inputs: EncoderInputs & { readonly labels: readonly number[] },
  masks: Masks = null,
): number {
  return tf.tidy(() => {
    const { parameters, embedded } = onBackend(model, inputs);
    return (
      crossEntropy(
        classifySequence(model, parameters, embedded, masks, { measureEnd: false }).logits,
        inputs.labels,
      ).dataSync()[0] ?? NaN
    );
  });
}

/** Gradient of the mean cross-entropy by every parameter, under the parameters' names. */
export function gradientsOf(
  model: Model,
  inputs: EncoderInputs & { readonly labels: readonly number[] },
  masks: Masks = null,
): Record<string, FloatTensor> {
  return tf.tidy(() => {
    const { parameters, embedded } = onBackend(model, inputs);
    const names = Object.keys(parameters);
    const loss = (...values: tf.Tensor[]): tf.Tensor => {
      const [words = embedded.wordEmbeddings, ...rest] = values;
      const named = Object.fromEntries(names.map((name, index) => [name, rest[index] ?? words]));
      const { logits } = classifySequence(model, named, { ...embedded, wordEmbeddings: words }, masks, {
        measureEnd: false,
      });
      return crossEntropy(logits, inputs.labels);
    };
    const [words, ...rest] = tf.grads(loss)([embedded.wordEmbeddings, ...Object.values(parameters)]);
    const gradients = Object.fromEntries(
      names.map((name, index) => [name, toHost(rest[index] ?? tf.scalar(NaN))]),
    );
    const rows = words === undefined ? floatTensor(new Float32Array(), [0]) : toHost(words);
    return { ...gradients, [wordEmbeddings]: sumRows(rows, inputs.ids, model.config.vocabularySize) };
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

function crossEntropy(logits: tf.Tensor, labels: readonly number[]): tf.Tensor {
  const [, classes = 0] = logits.shape; // [B, C]
  const chosen = tf.cast(tf.oneHot(tf.tensor1d([...labels], 'int32'), classes), 'float32');
  return tf.neg(tf.mean(tf.sum(tf.mul(logSoftmax(logits), chosen), 1)));
}

/** A batch from rows of ids; shorter rows are padded. */
export function batchOf(
  rows: readonly (readonly number[])[],
  { padId, length }: { padId: number; length?: number },
): EncoderInputs {
  const width = length ?? Math.max(...rows.map((row) => row.length));
  const shape = [rows.length, width];
  const cell = <T>(pick: (row: readonly number[], column: number) => T): T[] =>
    rows.flatMap((row) => Array.from({ length: width }, (_, column) => pick(row, column)));
  const ints = (values: number[]): IntTensor => intTensor(Int32Array.from(values), shape);
  return {
    ids: ints(cell((row, column) => row[column] ?? padId)),
    typeIds: ints(cell(() => 0)),
    mask: floatTensor(Float32Array.from(cell((row, column) => (column < row.length ? 1 : 0))), shape),
  };
}

/** Largest difference between two tables of the same shape. */
export function largestDifference(
  a: readonly (readonly number[])[],
  b: readonly (readonly number[])[],
): number {
  const flat = b.flat();
  return Math.max(...a.flat().map((value, index) => Math.abs(value - (flat[index] ?? NaN))));
}
