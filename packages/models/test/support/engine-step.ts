import type { FloatTensor, HostTensor } from '@im-bert/core';
import { type Engine, logSoftmax } from '@im-bert/jit';
import {
  classifySequence,
  type EmbeddedInputs,
  lookUpRows,
  type Model,
  type Parameters,
  type Structure,
  sumRows,
  wordEmbeddings,
} from '@im-bert/models';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from './batches.ts';
import type { LabelledInputs } from './fixtures.ts';

/** What the tests ask of a training step. */
export interface Step {
  readonly loss: number;
  /** [B][C] */
  readonly logits: readonly (readonly number[])[];
  /** Relative residual of each solved layer's result [layer][example]. */
  readonly endResidual: readonly (readonly number[])[];
  readonly gradients: Readonly<Record<string, FloatTensor>>;
}

type Arguments = {
  readonly parameters: Parameters;
  readonly inputs: EmbeddedInputs;
  /** One-hot labels [B, C]. */
  readonly chosen: tf.Tensor;
};

/** Loss, logits, residuals and gradients of a classifier without dropout, as one function of tensors. */
function stepOf(structure: Structure) {
  return ({ parameters, inputs, chosen }: Arguments) => {
    const names = Object.keys(parameters);
    const lossOf = (...values: tf.Tensor[]): tf.Tensor => {
      const [words = inputs.wordEmbeddings, ...rest] = values;
      const named = Object.fromEntries(names.map((name, index) => [name, rest[index] ?? words]));
      const batch = { ...inputs, wordEmbeddings: words };
      const { logits } = classifySequence(structure, named, batch, null, { measureEnd: false });
      return tf.neg(tf.mean(tf.sum(tf.mul(logSoftmax(logits), chosen), 1)));
    };
    const { value, grads } = tf.valueAndGrads(lossOf)([inputs.wordEmbeddings, ...Object.values(parameters)]);
    const [words, ...rest] = grads;
    const { logits, residuals } = classifySequence(structure, parameters, inputs, null, { measureEnd: true });
    return {
      loss: value,
      logits,
      words: words ?? value,
      gradients: Object.fromEntries(names.map((name, index) => [name, rest[index] ?? value])),
      relative: residuals.flatMap((residual) => (residual === null ? [] : [residual.relative])),
    };
  };
}

/** Runs one step of the model on an engine. */
export async function stepOn(engine: Engine, model: Model, inputs: LabelledInputs): Promise<Step> {
  const { [wordEmbeddings]: table, ...parameters } = model.parameters;
  if (table === undefined) throw new RangeError('the model has no word embeddings');
  const compiled = engine.compile(stepOf(model), { name: 'step' });
  try {
    const { ids, typeIds, mask, labels } = inputs;
    const out = await compiled({
      parameters,
      inputs: { wordEmbeddings: lookUpRows(table, ids), typeIds, mask },
      chosen: oneHot(labels, model.labels),
    });
    const gradients = Object.fromEntries(
      Object.entries(out.gradients).map(([name, value]) => [name, float(value)]),
    );
    return {
      loss: out.loss.data[0] ?? NaN,
      logits: rowsOf(out.logits),
      endResidual: out.relative.map((relative) => rowsOf(relative).at(-1) ?? []),
      gradients: {
        ...gradients,
        [wordEmbeddings]: sumRows(float(out.words), ids, model.config.vocabularySize),
      },
    };
  } finally {
    await compiled.dispose();
  }
}

/** The step's graph for a model and a batch, as text. */
export function graphOf(
  engine: Engine,
  model: Model,
  { ids, typeIds, mask, labels }: LabelledInputs,
): string {
  const { [wordEmbeddings]: table, ...parameters } = model.parameters;
  if (table === undefined) throw new RangeError('the model has no word embeddings');
  const inputs = { wordEmbeddings: lookUpRows(table, ids), typeIds, mask };
  const chosen = oneHot(labels, model.labels);
  return engine.compile(stepOf(model), { name: 'step' }).graph({ parameters, inputs, chosen });
}

/** The loss alone, compiled once for models that differ in weights only. The engine's disposal frees it. */
export function lossOn(engine: Engine, structure: Structure) {
  const compiled = engine.compile(({ parameters, inputs, chosen }: Arguments) => {
    const { logits } = classifySequence(structure, parameters, inputs, null, { measureEnd: false });
    return tf.neg(tf.mean(tf.sum(tf.mul(logSoftmax(logits), chosen), 1)));
  });
  return async (model: Model, { ids, typeIds, mask, labels }: LabelledInputs): Promise<number> => {
    const { [wordEmbeddings]: table, ...parameters } = model.parameters;
    if (table === undefined) throw new RangeError('the model has no word embeddings');
    const inputs = { wordEmbeddings: lookUpRows(table, ids), typeIds, mask };
    const loss = await compiled({ parameters, inputs, chosen: oneHot(labels, model.labels) });
    return loss.data[0] ?? NaN;
  };
}

function float(tensor: HostTensor): FloatTensor {
  if (tensor.dtype !== 'float32') throw new RangeError(`expected float32, got ${tensor.dtype}`);
  return tensor;
}

function rowsOf({ data, shape }: HostTensor): number[][] {
  const [rows = 0, columns = 0] = shape;
  return Array.from({ length: rows }, (_, row) => [...data.subarray(row * columns, (row + 1) * columns)]);
}
