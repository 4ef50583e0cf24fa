import { mean } from '@im-bert/core';
import { bucketsUpTo, encodeExamples, type Example, makeBatches } from '@im-bert/data';
import type { Engine } from '@im-bert/jit';
import { createSpectralAnalysis, layerKinds } from '@im-bert/models';
import type { LayerSpectrum } from '../store/rows.ts';
import type { Scorer } from './score.ts';

/** Few examples, because each product with the Jacobian costs a forward and a backward pass. */
const sampleSize = 16;

/**
 * The spectral radius of the Jacobian of each layer's phi, mean over the first clean examples, at the state where the
 * layer evaluates phi: an implicit layer's solution h_t, else its input h_{t-1}. Nothing for no examples.
 * @throws the signal's reason if it is aborted
 */
export async function measureSpectra(
  clean: readonly Example[],
  { executor, model, tokenizer, batchSize, maxLength, signal }: Scorer,
  engine: Engine,
): Promise<readonly LayerSpectrum[]> {
  const encoded = encodeExamples(tokenizer, clean.slice(0, sampleSize), maxLength);
  const kinds = layerKinds(model.connection, model.config.layers);
  const analysis = createSpectralAnalysis(engine, model);
  const radii = kinds.map((): number[] => []);
  try {
    for (const batch of makeBatches(encoded, { batchSize, bucketLengths: bucketsUpTo(maxLength) })) {
      const states = await executor.states(model.parameters, batch);
      for (const [index, kind] of kinds.entries()) {
        signal?.throwIfAborted();
        const state = states[kind === 'implicit' ? index + 1 : index];
        if (state === undefined)
          throw new RangeError(`spectra: expected ${kinds.length + 1} states, got ${states.length}.`);
        const found = await analysis.radii(model.parameters, index, state, batch.mask);
        radii[index]?.push(...found.slice(0, batch.indices.length)); // fillers are copies
      }
    }
  } finally {
    await analysis.dispose();
  }
  return encoded.length === 0
    ? []
    : radii.map((found, index) => ({ layer: index + 1, radius: mean(found), examples: found.length }));
}
