import { floatTensor, sizeOf } from '@im-bert/core';
import type {
  DropoutSource,
  EncoderInputs,
  Executor,
  LabelledInputs,
  NamedTensors,
  Prediction,
} from '@im-bert/models';
import { crossEntropy } from '../../src/predict.ts';

/** Token ids that the toy model tells apart. */
export const vocabulary = 8;

/** Weights of a bag-of-words logistic regression of two classes. */
export function logisticParameters(): NamedTensors {
  return {
    weight: floatTensor(new Float32Array(vocabulary * 2), [vocabulary, 2]),
    bias: floatTensor(new Float32Array(2), [2]),
  };
}

/** [B, vocabulary] counts of the ids, some dropped. */
function features({ ids, mask }: EncoderInputs, dropout: DropoutSource | null): Float32Array {
  const [rows = 0, length = 0] = ids.shape;
  const keep = dropout?.mask('features', sizeOf(ids.shape), 0.9);
  const counts = new Float32Array(rows * vocabulary);
  ids.data.forEach((id, at) => {
    const place = Math.floor(at / length) * vocabulary + id;
    counts[place] = (counts[place] ?? 0) + ((mask.data[at] ?? 0) * (keep?.[at] ?? 1)) / length;
  });
  return counts;
}

function scores(parameters: NamedTensors, counts: Float32Array, rows: number): Prediction {
  const logits = new Float32Array(rows * 2);
  for (let row = 0; row < rows; row++)
    for (let label = 0; label < 2; label++) {
      let sum = parameters['bias']?.data[label] ?? 0;
      for (let word = 0; word < vocabulary; word++)
        sum += (counts[row * vocabulary + word] ?? 0) * (parameters['weight']?.data[word * 2 + label] ?? 0);
      logits[row * 2 + label] = sum;
    }
  return { logits: floatTensor(logits, [rows, 2]), residuals: [] };
}

/** An executor small enough to see through, with gradients by hand. */
export function logisticExecutor(): Executor {
  return {
    labels: 2,
    states: () => Promise.resolve([]),
    logits: (parameters, inputs) =>
      Promise.resolve(scores(parameters, features(inputs, null), inputs.ids.shape[0] ?? 0)),
    lossAndGradients: (parameters, batch, { dropout, into }) => {
      const counts = features(batch, dropout);
      const prediction = scores(parameters, counts, batch.labels.data.length);
      const loss = gradients(batch, counts, prediction, into);
      return Promise.resolve({
        ...prediction,
        loss,
        features: floatTensor(new Float32Array(0), [0]),
        embeddingGradient: floatTensor(new Float32Array(0), [0]),
      });
    },
    dispose: () => Promise.resolve(),
  };
}

function gradients(
  { labels, weights }: LabelledInputs,
  counts: Float32Array,
  { logits }: Prediction,
  into: NamedTensors,
): number {
  const [weight, bias] = [into['weight']?.data, into['bias']?.data];
  if (weight === undefined || bias === undefined) throw new Error('expected buffers for weight and bias');
  weight.fill(0);
  bias.fill(0);
  const total = weights.data.reduce((sum, value) => sum + value, 0);
  let loss = 0;
  labels.data.forEach((label, row) => {
    const scores = logits.data.subarray(row * 2, row * 2 + 2);
    const share = (weights.data[row] ?? 0) / total;
    loss += share * crossEntropy(scores, label);
    for (let other = 0; other < 2; other++) {
      const slope = share * (Math.exp(-crossEntropy(scores, other)) - (other === label ? 1 : 0));
      bias[other] = (bias[other] ?? 0) + slope;
      for (let word = 0; word < vocabulary; word++)
        weight[word * 2 + other] =
          (weight[word * 2 + other] ?? 0) + slope * (counts[row * vocabulary + word] ?? 0);
    }
  });
  return loss;
}
