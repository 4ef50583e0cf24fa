import { euclideanNorm } from '@im-bert/core';
import type { Tokenizer } from '@im-bert/data';
import type { Engine } from '@im-bert/jit';
import {
  encodeSequence,
  type EmbeddedInputs,
  lookUpRows,
  type Model,
  type Parameters,
  wordEmbeddings,
} from '@im-bert/models';
import type { SentenceEncoder } from '../constraints/similarity.ts';
import { batchedInputs } from './batched-inputs.ts';

/**
 * Sentence embeddings as sentence-transformers makes them of all-MiniLM-L6-v2: the mean of the last layer's states over
 * real tokens, divided by its length.
 * @param options.maxLength tokens of a text; all-MiniLM-L6-v2 was trained with 256
 */
export function meanPoolingEncoder(options: {
  readonly engine: Engine;
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly maxLength: number;
}): { readonly encode: SentenceEncoder; dispose(): Promise<void> } {
  const { engine, model, tokenizer, maxLength } = options;
  const states = engine.compile(
    (parameters: Parameters, inputs: EmbeddedInputs) =>
      encodeSequence(model, parameters, inputs, null, { measureEnd: false }).hidden,
    { name: 'sentence encoder' },
  );
  const { [wordEmbeddings]: words, ...parameters } = model.parameters;
  const encode: SentenceEncoder = async (texts) => {
    const embeddings: Float32Array[] = [];
    const inputs = texts.map((text) => [text] as const);
    for (const { ids, typeIds, mask, indices } of batchedInputs(tokenizer, inputs, maxLength)) {
      if (words === undefined) throw new TypeError('sentence encoder: the model has no word embeddings.');
      const hidden = await states(parameters, { wordEmbeddings: lookUpRows(words, ids), typeIds, mask });
      const [, length = 0, width = 0] = hidden.shape;
      indices.forEach((index, row) => {
        const own = hidden.data.subarray(row * length * width, (row + 1) * length * width);
        embeddings[index] = pooled(own as Float32Array, mask.data.subarray(row * length, (row + 1) * length));
      });
    }
    return embeddings;
  };
  return { encode, dispose: () => states.dispose() };
}

/** The mean over real tokens, of unit length. @param states [L, D] @param mask [L] */
function pooled(states: Float32Array, mask: Float32Array): Float32Array {
  const width = states.length / mask.length;
  const sums = new Float32Array(width);
  mask.forEach((real, token) => {
    if (real === 0) return;
    for (let column = 0; column < width; column++)
      sums[column] = (sums[column] ?? 0) + (states[token * width + column] ?? 0);
  });
  const length = euclideanNorm(sums) || 1;
  return sums.map((x) => x / length);
}
