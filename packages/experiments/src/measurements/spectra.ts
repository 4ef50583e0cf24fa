import { mean } from '@im-bert/core';
import { createSpectralAnalysis, layerKinds, solves, type SpectralAnalysis } from '@im-bert/models';
import type { Batch } from '@im-bert/data';
import { z } from 'zod';
import type { CellSpec } from '../plan/cell.ts';
import { measurement, type Subject } from './measurement.ts';
import { perExample } from './per-example.ts';

/** Few examples, because each product with the Jacobian costs a forward and a backward pass; fewer of generated ones. */
function atMost({ data }: Pick<CellSpec, 'data'>): number {
  return data.source === 'embedded' ? 4 : 16;
}

/**
 * The spectral radius of the Jacobian of each layer's phi at the state where the layer evaluates phi: an implicit layer's
 * solution h_t, else its input h_{t-1}.
 */
export const spectra = measurement({
  name: 'spectra',
  version: 3, // since 2 by Arnoldi, whose radii are up to an eighth larger; since 3 over fewer generated examples
  on: ['clean'],
  atMost,
  reads: ['clean', 'iterations'],
  row: z.object({
    /** Counted from 1. */
    layer: z.int(),
    /** Mean over examples; null if it was not finite for some example. */
    radius: z.number().nullable(),
    examples: z.int(),
  }),
  passes: () => 1 + 32 * 3,
  measure: async (subject) => {
    const examples = subject.examples('clean').slice(0, atMost(subject.spec));
    const analysis = createSpectralAnalysis(subject.engine, subject.model);
    try {
      const byExample = await perExample(
        examples,
        subject,
        (batch) => radiiOf(batch, subject, analysis),
        (radii, row) => radii.map((layer) => layer[row] ?? NaN),
      );
      return (byExample[0] ?? []).map((_, index) => ({
        layer: index + 1,
        radius: mean(byExample.map((radii) => radii[index] ?? NaN)),
        examples: examples.length,
      }));
    } finally {
      await analysis.dispose();
    }
  },
});

/** By layer, then by row. */
async function radiiOf(
  batch: Batch,
  { executor, model, signal }: Subject,
  analysis: SpectralAnalysis,
): Promise<readonly (readonly number[])[]> {
  const kinds = layerKinds(model.connection, model.config.layers);
  const states = await executor.states(model.parameters, batch);
  const radii: (readonly number[])[] = [];
  for (const [index, kind] of kinds.entries()) {
    signal.throwIfAborted();
    const state = states[solves(kind) ? index + 1 : index];
    if (state === undefined)
      throw new RangeError(`spectra: expected ${kinds.length + 1} states, got ${states.length}.`);
    radii.push(await analysis.radii(model.parameters, index, state, batch.mask));
  }
  return radii;
}
