import { euclideanNorm, type FloatTensor, floatTensor, type RandomStream } from '@im-bert/core';
import type { LabelledInputs, NamedTensors } from '@im-bert/models';

// Perturbations of looked-up word embeddings [B, L, D]; padding gets none. Where a norm is of an example, it is
// Frobenius' over the example's L·D entries.

/** Width D of the model with these parameters. */
export function embeddingWidth(parameters: NamedTensors): number {
  return parameters['embeddings.word_embeddings.weight']?.shape[1] ?? 0;
}

/** A perturbation with a number drawn for every entry of a token, row by row, so that padding shifts no draw. */
export function drawn(
  { mask }: Pick<LabelledInputs, 'mask'>,
  width: number,
  draw: (row: number) => number,
): FloatTensor {
  const [rows = 0, length = 0] = mask.shape;
  const values = new Float32Array(rows * length * width);
  mask.data.forEach((isToken, token) => {
    if (isToken === 0) return;
    const row = Math.floor(token / length);
    for (let entry = token * width; entry < (token + 1) * width; entry++) values[entry] = draw(row);
  });
  return floatTensor(values, [rows, length, width]);
}

/**
 * FreeLB's start: an example's entries drawn uniformly within `magnitude` divided by the root of their number; without a
 * magnitude nothing is drawn.
 */
export function drawnWithin(
  batch: Pick<LabelledInputs, 'mask'>,
  width: number,
  magnitude: number,
  noise: RandomStream,
): FloatTensor {
  const counts = tokenCounts(batch);
  return drawn(batch, width, (row) =>
    magnitude === 0 ? 0 : ((2 * noise.uniform() - 1) * magnitude) / Math.sqrt((counts[row] ?? 1) * width),
  );
}

/** Tokens of each row, padding not counted. */
export function tokenCounts({ mask }: Pick<LabelledInputs, 'mask'>): readonly number[] {
  return eachRow(mask, (row) => row.reduce((sum, isToken) => sum + isToken, 0));
}

/** Norm of each example of [B, L, D]. */
export function exampleNorms(values: FloatTensor): readonly number[] {
  return eachRow(values, euclideanNorm);
}

/** Moves each example by `rate` along its gradient's direction, in place. */
export function ascend(perturbation: FloatTensor, gradient: FloatTensor, rate: number): void {
  const norms = exampleNorms(gradient);
  addRows(perturbation, gradient, (row) => rate / Math.max(norms[row] ?? 0, smallestNorm));
}

/** Moves each example by `rate` along its gradient divided by its largest entry, in place. */
export function ascendLargest(perturbation: FloatTensor, gradient: FloatTensor, rate: number): void {
  const largest = eachRow(gradient, largestMagnitude);
  addRows(perturbation, gradient, (row) => rate / Math.max(largest[row] ?? 0, smallestNorm));
}

/** FreeLB's guard against a vanishing gradient, far below any that trains. */
const smallestNorm = 1e-8;

/** Adds a multiple of the gradient, the same in all rows, in place. */
export function addScaled(perturbation: FloatTensor, gradient: FloatTensor, factor: number): void {
  addRows(perturbation, gradient, () => factor);
}

/** Shrinks each example's norm to at most `radius`, in place. */
export function projectExamples(perturbation: FloatTensor, radius: number): void {
  const norms = exampleNorms(perturbation);
  scaleRows(perturbation, (row) => Math.min(1, radius / (norms[row] ?? 0)));
}

/** Clamps every entry to [-radius, radius], in place. */
export function clamp(perturbation: FloatTensor, radius: number): void {
  const { data } = perturbation;
  data.forEach((value, entry) => (data[entry] = Math.max(-radius, Math.min(radius, value))));
}

/** Divides each token's vector by its largest entry plus `guard`, in place. */
export function normaliseTokens({ data, shape }: FloatTensor, guard: number): void {
  const width = shape[2] ?? 0;
  for (let token = 0; token < data.length; token += width) {
    const vector = data.subarray(token, token + width);
    const divisor = largestMagnitude(vector) + guard;
    vector.forEach((value, entry) => (vector[entry] = value / divisor));
  }
}

/** Whether every entry is a finite number. */
export function isFiniteTensor({ data }: FloatTensor): boolean {
  return data.every(Number.isFinite);
}

function largestMagnitude(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

function eachRow<Result>({ data, shape }: FloatTensor, of: (row: Float32Array) => Result): readonly Result[] {
  const [rows = 0] = shape;
  const size = data.length / rows;
  return Array.from({ length: rows }, (_, row) => of(data.subarray(row * size, (row + 1) * size)));
}

function addRows(sum: FloatTensor, term: FloatTensor, factor: (row: number) => number): void {
  const size = sum.data.length / (sum.shape[0] ?? 1);
  term.data.forEach((value, entry) => {
    sum.data[entry] = (sum.data[entry] ?? 0) + factor(Math.floor(entry / size)) * value;
  });
}

function scaleRows({ data, shape }: FloatTensor, factor: (row: number) => number): void {
  const size = data.length / (shape[0] ?? 1);
  data.forEach((value, entry) => (data[entry] = value * factor(Math.floor(entry / size))));
}
