import { floatTensor, type FloatTensor, mean } from '@im-bert/core';
import { bucketsUpTo, encodeExamples, type Example, makeBatches } from '@im-bert/data';
import { relativeDrift } from '@im-bert/models';
import type { LayerDrift } from '../store/rows.ts';
import { originalsOf } from './originals.ts';
import type { Scorer } from './score.ts';

/**
 * How far the attack moves the first position's state, layer by layer, over the adversarial examples whose original text
 * is known; nothing if there are none.
 * @throws the signal's reason if it is aborted
 */
export async function measureDrift(
  adversarial: readonly Example[],
  scorer: Scorer,
): Promise<readonly LayerDrift[]> {
  const changed = adversarial.filter(({ original }) => original !== undefined);
  if (changed.length === 0) return [];
  const originals = originalsOf(changed);
  const [before, after] = [await firstStates(originals, scorer), await firstStates(changed, scorer)];
  return relativeDrift(before, after).map((drifts, layer) => ({
    layer,
    relative: mean(drifts),
    examples: changed.length,
  }));
}

/** The first position's states of every example, h_0 to h_N, [examples, 1, D] each. */
async function firstStates(
  examples: readonly Example[],
  { executor, model, tokenizer, batchSize, maxLength, signal }: Scorer,
): Promise<readonly FloatTensor[]> {
  const encoded = encodeExamples(tokenizer, examples, maxLength);
  const { width, layers } = model.config;
  const states = Array.from({ length: layers + 1 }, () => new Float32Array(examples.length * width));
  for (const batch of makeBatches(encoded, { batchSize, bucketLengths: bucketsUpTo(maxLength) })) {
    signal?.throwIfAborted();
    const hidden = await executor.states(model.parameters, batch);
    hidden.forEach(({ data, shape }, layer) => {
      const [, length = 0] = shape;
      batch.indices.forEach((example, row) => {
        const start = row * length * width;
        states[layer]?.set(data.subarray(start, start + width), example * width);
      });
    });
  }
  return states.map((data) => floatTensor(data, [examples.length, 1, width]));
}
