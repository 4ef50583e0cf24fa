import { type FloatTensor, floatTensor, type RandomStream } from '@im-bert/core';
import type { NamedTensors } from '@im-bert/models';

// InfoNCE between vectors x [M, D] and y [B, D], on the host: which x are compared differs from step to step, so a graph
// would be compiled for each count. Its critic is F(x, y) = softplus(w2 · relu(W1 [x; y] + b1) + b2).

const [firstWeight, firstBias, secondWeight, secondBias] = [
  'critic.0.weight', // W1 [H, 2D]
  'critic.0.bias', // b1 [H]
  'critic.2.weight', // w2 [1, H]
  'critic.2.bias', // b2 [1]
] as const;

/** Whether a weight is the critic's. */
export const isOfCritic = (name: string): boolean => name.startsWith('critic.');

/** A critic's fresh weights, uniform within the inverse root of a layer's inputs, as torch.nn.Linear draws them. */
export function freshCritic(width: number, hidden: number, random: RandomStream): NamedTensors {
  const uniform = (shape: readonly number[], inputs: number): FloatTensor => {
    const size = shape.reduce((product, side) => product * side, 1);
    const values = Float32Array.from({ length: size }, () => (2 * random.uniform() - 1) / Math.sqrt(inputs));
    return floatTensor(values, shape);
  };
  return {
    [firstWeight]: uniform([hidden, 2 * width], 2 * width),
    [firstBias]: uniform([hidden], 2 * width),
    [secondWeight]: uniform([1, hidden], hidden),
    [secondBias]: uniform([1], hidden),
  };
}

/** Which x belongs to which y. */
export interface Couples {
  readonly x: FloatTensor; // [M, D]
  readonly y: FloatTensor; // [B, D]
  /** Row of y for each row of x; one chunk after the other. */
  readonly rows: readonly number[];
  /** Couples of which each x is compared with each y; the last chunk may have fewer. */
  readonly chunk: number;
}

/** InfoNCE's bound and its gradients, all times a factor. */
export interface Contrast {
  readonly bound: number;
  readonly byX: FloatTensor; // [M, D]
  readonly byY: FloatTensor; // [B, D]
}

/**
 * The mean over the chunks of mean_i F(x_i, y_i) - mean_i log mean_j exp F(x_j, y_i) (van den Oord et al. 2018, as
 * MI_estimators.py of AI-secure/InfoBERT), times `factor`.
 * @param into buffers to which the gradients by the critic's weights are added
 */
export function contrast(
  critic: NamedTensors,
  { x, y, rows, chunk }: Couples,
  factor: number,
  into: NamedTensors,
): Contrast {
  const hidden = dataOf(critic, firstBias).length;
  const width = x.shape[1] ?? 0;
  const weight = dataOf(critic, firstWeight);
  const [ofX, ofY] = [project(x, weight, 0, hidden), project(y, weight, width, hidden)]; // [M, H], [B, H]
  dataOf(critic, firstBias).forEach((bias, unit) => {
    for (let at = unit; at < ofY.length; at += hidden) ofY[at] = (ofY[at] ?? 0) + bias;
  });
  const sums = { byX: new Float32Array(ofX.length), byY: new Float32Array(ofY.length) };
  const second = { weight: dataOf(critic, secondWeight), bias: dataOf(critic, secondBias)[0] ?? 0 };
  const secondInto = { weight: dataOf(into, secondWeight), bias: dataOf(into, secondBias) };
  const chunks = Math.ceil(rows.length / chunk);
  let bound = 0;
  for (let start = 0; start < rows.length; start += chunk) {
    const couples = rows.slice(start, start + chunk);
    const at = (j: number): number => (start + j) * hidden;
    const scores = couples.map((row) =>
      couples.map((_, j) => {
        let score = second.bias;
        for (let unit = 0; unit < hidden; unit++) {
          const input = (ofX[at(j) + unit] ?? 0) + (ofY[row * hidden + unit] ?? 0);
          if (input > 0) score += (second.weight[unit] ?? 0) * input;
        }
        return score;
      }),
    );
    couples.forEach((row, i) => {
      const values = (scores[i] ?? []).map(softplus);
      const largest = Math.max(...values);
      const total = values.reduce((sum, value) => sum + Math.exp(value - largest), 0);
      const share = factor / (chunks * couples.length);
      bound += share * ((values[i] ?? NaN) - largest - Math.log(total / couples.length));
      values.forEach((value, j) => {
        // the derivative of softplus is 1 - exp(-softplus)
        const slope = share * (Number(i === j) - Math.exp(value - largest) / total) * -Math.expm1(-value);
        secondInto.bias[0] = (secondInto.bias[0] ?? 0) + slope;
        for (let unit = 0; unit < hidden; unit++) {
          const input = (ofX[at(j) + unit] ?? 0) + (ofY[row * hidden + unit] ?? 0);
          if (input <= 0) continue;
          const back = slope * (second.weight[unit] ?? 0);
          sums.byX[at(j) + unit] = (sums.byX[at(j) + unit] ?? 0) + back;
          sums.byY[row * hidden + unit] = (sums.byY[row * hidden + unit] ?? 0) + back;
          secondInto.weight[unit] = (secondInto.weight[unit] ?? 0) + slope * input;
        }
      });
    });
  }
  const biasInto = dataOf(into, firstBias);
  sums.byY.forEach((value, at) => (biasInto[at % hidden] = (biasInto[at % hidden] ?? 0) + value));
  const weightInto = dataOf(into, firstWeight);
  return {
    bound,
    byX: projectBack(x, weight, 0, sums.byX, weightInto),
    byY: projectBack(y, weight, width, sums.byY, weightInto),
  };
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function dataOf(tensors: NamedTensors, name: string): Float32Array {
  const tensor = tensors[name];
  if (tensor === undefined) throw new RangeError(`InfoNCE: expected a tensor named ${name}, got none.`);
  return tensor.data;
}

/** Products of rows [N, D] with the D columns of W [H, 2D] from `column` on: [N, H]. */
function project(
  { data, shape }: FloatTensor,
  weight: Float32Array,
  column: number,
  hidden: number,
): Float32Array {
  const [count = 0, width = 0] = shape;
  const products = new Float32Array(count * hidden);
  for (let row = 0; row < count; row++)
    for (let unit = 0; unit < hidden; unit++) {
      const first = unit * 2 * width + column;
      let sum = 0;
      for (let d = 0; d < width; d++) sum += (data[row * width + d] ?? 0) * (weight[first + d] ?? 0);
      products[row * hidden + unit] = sum;
    }
  return products;
}

/** The gradient by `project`'s rows; adds that by its weights to `into`. */
function projectBack(
  { data, shape }: FloatTensor,
  weight: Float32Array,
  column: number,
  products: Float32Array,
  into: Float32Array,
): FloatTensor {
  const [count = 0, width = 0] = shape;
  const hidden = weight.length / (2 * width);
  const gradient = new Float32Array(data.length);
  // plain loops over views, which run faster than a callback
  for (let row = 0; row < count; row++) {
    const input = data.subarray(row * width, (row + 1) * width);
    const output = gradient.subarray(row * width, (row + 1) * width);
    for (let unit = 0; unit < hidden; unit++) {
      const product = products[row * hidden + unit] ?? 0;
      if (product === 0) continue;
      const first = unit * 2 * width + column;
      addProduct(output, product, weight.subarray(first, first + width));
      addProduct(into.subarray(first, first + width), product, input);
    }
  }
  return floatTensor(gradient, [count, width]);
}

/** sum += factor · term. */
function addProduct(sum: Float32Array, factor: number, term: Float32Array): void {
  for (let index = 0; index < sum.length; index++)
    sum[index] = (sum[index] ?? 0) + factor * (term[index] ?? 0);
}
