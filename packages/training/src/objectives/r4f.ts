import { euclideanNorm, type FloatTensor, floatTensor } from '@im-bert/core';
import { familyNames, familyOf, type NamedTensors } from '@im-bert/models';
import { z } from 'zod';
import type { Objective } from './objective.ts';
import { r3f, r3fSettings } from './r3f.ts';

export const r4fSchema = z.strictObject({
  name: z
    .literal('r4f')
    .describe("R4F: R3F with a spectrally normalised last layer of the classifier's head."),
  ...r3fSettings,
});

/**
 * R4F: R3F while the head's last weight W is used as W / sigma, sigma its largest singular value by one power iteration a
 * step (Miyato et al. 2018, as torch.nn.utils.spectral_norm; --spectral-norm-classification-head of fairseq). The
 * iteration's vectors are remembered; the saved model has the normalised weight.
 */
export function r4f(spec: z.output<typeof r4fSchema>): Objective {
  const inner = r3f(spec);
  return {
    initialMemory: (parameters) => {
      const [labels = 0, width = 0] = headWeight(parameters)[1].shape;
      // any start that is not orthogonal to the first singular vector will do; torch draws one
      const start = (size: number): FloatTensor =>
        floatTensor(
          Float32Array.from({ length: size }, (_, index) => Math.cos(index + 1)),
          [size],
        );
      const memory = { left: start(labels), right: start(width) };
      iterate(headWeight(parameters)[1], memory);
      return memory;
    },
    effective: (parameters, memory) => normalised(parameters, memory),
    step: async (context) => {
      const { parameters, memory, into } = context;
      const [name, weight] = headWeight(parameters);
      iterate(weight, memory);
      const outcome = await inner.step({ ...context, parameters: normalised(parameters, memory) });
      backpropagate(weight, memory, into[name]);
      return outcome;
    },
  };
}

/** What the families call the head's last weight. */
const headWeights = familyNames.map((family) => familyOf({ family }).head[2]);

/** The head's last weight [C, D] with its name. */
function headWeight(parameters: NamedTensors): readonly [name: string, weight: FloatTensor] {
  for (const name of headWeights) {
    const weight = parameters[name];
    if (weight !== undefined) return [name, weight];
  }
  throw new RangeError('r4f: expected parameters with a classifier, got none.');
}

interface Vectors {
  readonly left: Float32Array; // u [C]
  readonly right: Float32Array; // v [D]
}

function vectorsOf(memory: NamedTensors): Vectors {
  const { left, right } = memory;
  if (left === undefined || right === undefined) throw new RangeError('r4f: expected its vectors in memory.');
  return { left: left.data, right: right.data };
}

/** One power iteration: v = Wᵀu / |Wᵀu|, then u = Wv / |Wv|, in place. */
function iterate({ data, shape }: FloatTensor, memory: NamedTensors): void {
  const { left, right } = vectorsOf(memory);
  const width = shape[1] ?? 0;
  right.fill(0);
  data.forEach((value, at) => {
    right[at % width] = (right[at % width] ?? 0) + value * (left[Math.floor(at / width)] ?? 0);
  });
  normalise(right);
  left.fill(0);
  data.forEach((value, at) => {
    const row = Math.floor(at / width);
    left[row] = (left[row] ?? 0) + value * (right[at % width] ?? 0);
  });
  normalise(left);
}

function normalise(vector: Float32Array): void {
  const length = Math.max(euclideanNorm(vector), 1e-12);
  vector.forEach((value, index) => (vector[index] = value / length));
}

/** uᵀWv, the largest singular value once the iteration has converged. */
function singularValue({ data, shape }: FloatTensor, memory: NamedTensors): number {
  const { left, right } = vectorsOf(memory);
  const width = shape[1] ?? 0;
  return data.reduce(
    (sum, value, at) => sum + value * (left[Math.floor(at / width)] ?? 0) * (right[at % width] ?? 0),
    0,
  );
}

function normalised(parameters: NamedTensors, memory: NamedTensors): NamedTensors {
  const [name, weight] = headWeight(parameters);
  const sigma = singularValue(weight, memory);
  return {
    ...parameters,
    [name]: floatTensor(
      weight.data.map((value) => value / sigma),
      weight.shape,
    ),
  };
}

/** Turns the gradient G by W / sigma into that by W, in place: (G - (G : W / sigma) u vᵀ) / sigma. */
function backpropagate(weight: FloatTensor, memory: NamedTensors, gradient: FloatTensor | undefined): void {
  if (gradient === undefined)
    throw new RangeError("r4f: expected a buffer for the head's gradient, got none.");
  const { left, right } = vectorsOf(memory);
  const sigma = singularValue(weight, memory);
  const width = weight.shape[1] ?? 0;
  const { data } = gradient;
  const product = data.reduce((sum, value, at) => sum + (value * (weight.data[at] ?? 0)) / sigma, 0);
  data.forEach((value, at) => {
    const direction = (left[Math.floor(at / width)] ?? 0) * (right[at % width] ?? 0);
    data[at] = (value - product * direction) / sigma;
  });
}
