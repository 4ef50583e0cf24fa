import {
  euclideanNorm,
  floatTensor,
  type FloatTensor,
  predictedClass,
  randomStream,
  zerosLike,
} from '@im-bert/core';
import { wordEmbeddings } from '../config/parameter-shapes.ts';
import { parameterOf } from '../encoder/parameters.ts';
import { lookUpRows } from '../encoder/word-embeddings.ts';
import type { Executor, NamedTensors } from '../execution/types.ts';
import type { EncoderInputs } from '../model/check-inputs.ts';
import { rowsOf, tokensOnly } from './rows.ts';

/** What a change of the size of float32 rounding does to a model's answer for one example. */
export interface RoundingSensitivity {
  /** The class predicted of the words as they are. */
  readonly predicted: number;
  /** By draw of noise: the class predicted of the disturbed words. Where one differs, rounding decides the answer. */
  readonly disturbed: readonly number[];
  /** The largest change of a logit under any draw, in the logits' unit. */
  readonly logitShift: number;
  /**
   * How many times larger a small change leaves the encoder than it came in, relative to the words' and the last states'
   * norms. About 1 or less for BERT; 1e4 and more where rounding (6e-8) becomes visible.
   */
  readonly growth: number;
}

export interface RoundingOptions {
  /** Draws of noise; a forward pass each. Default 4. */
  readonly draws?: number;
  /**
   * Passes that look for the direction that grows: each feeds the last one's change of the states back in as the change of
   * the words (breeding, Toth and Kalnay 1993: a power iteration without a transposed Jacobian, which a detached solver
   * does not have). Default 3.
   */
  readonly products?: number;
  /** Of the noise. */
  readonly seed?: number;
}

/** One unit in the last place of a float32 in [1, 2): what the noise changes every entry by, relative to it. */
const unit = 2 ** -23;

/**
 * Measures how a model amplifies rounding: changes every entry of the looked-up word embeddings by one unit in its last
 * place, up or down at random, as another order of the same sums would, and runs the model again. A descent that does not
 * converge can amplify that until predictions flip; two engines, machines or batches then differ as much.
 *
 * Costs 2 + draws + products forward passes of the batch. The share of flips, and accuracies by draw, follow from
 * `disturbed`.
 * @returns by row of the batch, fillers included
 * @throws UserError if the model's scores are not finite
 */
export async function roundingSensitivity(
  executor: Pick<Executor, 'logits' | 'states'>,
  { parameters }: { readonly parameters: NamedTensors },
  inputs: EncoderInputs,
  { draws = 4, products = 3, seed = 1 }: RoundingOptions = {},
): Promise<readonly RoundingSensitivity[]> {
  const words = lookUpRows(parameterOf(parameters, wordEmbeddings), inputs.ids); // [B, L, D]
  const scores = async (perturbation?: FloatTensor): Promise<readonly Float32Array[]> => {
    const options = { residuals: false, ...(perturbation === undefined ? {} : { perturbation }) };
    return rowsOf((await executor.logits(parameters, inputs, options)).logits);
  };
  const calm = await scores();
  const noisy: (readonly Float32Array[])[] = [];
  for (let draw = 0; draw < draws; draw++) noisy.push(await scores(unitNoise(words, seed, draw)));
  const states = async (perturbation: FloatTensor): Promise<FloatTensor> => {
    const last = (await executor.states(parameters, inputs, { perturbation })).at(-1);
    return tokensOnly(last ?? words, inputs.mask);
  };
  const growth = await growths(states, tokensOnly(words, inputs.mask), inputs.mask, { products, seed });
  return calm.map((own, row) => {
    const others = noisy.map((rows) => rows[row] ?? new Float32Array());
    return {
      predicted: predictedClass(own),
      disturbed: others.map(predictedClass),
      logitShift: Math.max(0, ...others.map((other) => largestChange(own, other))),
      growth: growth[row] ?? NaN,
    };
  });
}

/** By row: the largest growth of a small change from the words to the last states that `products` passes find. */
async function growths(
  states: (perturbation: FloatTensor) => Promise<FloatTensor>,
  words: FloatTensor,
  mask: FloatTensor,
  { products, seed }: { readonly products: number; readonly seed: number },
): Promise<readonly number[]> {
  const calm = await states(zerosLike(words));
  let change = tokensOnly(unitNoise(words, seed, 'growth'), mask);
  let found = rowsOf(words).map(() => 0);
  for (let product = 0; product < products; product++) {
    const response = difference(await states(change), calm);
    const came = relativeNorms(asApplied(words, change), words);
    const left = relativeNorms(response, calm);
    found = found.map((largest, row) => Math.max(largest, (left[row] ?? NaN) / (came[row] ?? NaN)));
    change = scaledTo(response, words);
  }
  return found;
}

/** Each entry times a unit in the last place, up or down. */
function unitNoise({ data, shape }: FloatTensor, seed: number, draw: number | string): FloatTensor {
  const random = randomStream(seed, `rounding/${draw}`);
  return floatTensor(
    data.map((value) => (random.uniform() < 0.5 ? -unit : unit) * value),
    shape,
  );
}

/** What a change of the words is once their sum is rounded to float32. */
function asApplied(words: FloatTensor, { data, shape }: FloatTensor): FloatTensor {
  return floatTensor(
    data.map((value, at) => Math.fround((words.data[at] ?? 0) + value) - (words.data[at] ?? 0)),
    shape,
  );
}

/** The change, each row made as large as a unit in the last place of that row of the words. */
function scaledTo(change: FloatTensor, words: FloatTensor): FloatTensor {
  const sizes = relativeNorms(change, words);
  const rows = rowsOf(change).map((row, at) => row.map((value) => (value * unit) / (sizes[at] || 1)));
  return floatTensor(Float32Array.from(rows.flatMap((row) => [...row])), change.shape);
}

/** ||a|| / ||b|| of each row. */
function relativeNorms(a: FloatTensor, b: FloatTensor): readonly number[] {
  const others = rowsOf(b);
  return rowsOf(a).map((row, at) => euclideanNorm(row) / euclideanNorm(others[at] ?? []));
}

function difference(a: FloatTensor, b: FloatTensor): FloatTensor {
  return floatTensor(
    a.data.map((value, at) => value - (b.data[at] ?? NaN)),
    a.shape,
  );
}

/** The largest difference of two rows' scores. */
function largestChange(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, label) => Math.max(largest, Math.abs(value - (b[label] ?? NaN))), 0);
}
