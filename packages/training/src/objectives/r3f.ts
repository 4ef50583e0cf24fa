import { z } from 'zod';
import { pairedDivergence } from './divergence.ts';
import type { Objective } from './objective.ts';
import { cleanResiduals, pairBatch } from './paired-batch.ts';
import { drawn, embeddingWidth } from './perturbation.ts';

/** Settings that R3F and R4F share; defaults of fairseq's examples/rxf. */
export const r3fSettings = {
  noise: z.enum(['uniform', 'normal']).default('uniform').describe('distribution of the noise'),
  scale: z.number().min(0).default(1e-5).describe('eps: bound or standard deviation of the noise'),
  weight: z.number().min(0).default(1).describe('lambda: weight of the divergence'),
};

export const r3fSchema = z.strictObject({
  name: z.literal('r3f').describe('R3F: symmetric divergence between clean and noisy predictions.'),
  ...r3fSettings,
});

/**
 * R3F (Aghajanyan et al. 2021, arXiv:2008.03156), as fairseq's examples/rxf does it: random noise on the word embeddings,
 * whose table gets no gradient from the noisy branch; both branches of the divergence get gradients, and each draws its
 * own dropout masks. Both go through one pass of twice the rows. Padding gets no noise (there it gets some, which the
 * encoder zeroes).
 */
export function r3f({
  noise: distribution,
  scale,
  weight,
}: Omit<z.output<typeof r3fSchema>, 'name'>): Objective {
  return {
    step: async ({ executor, parameters, batch, dropout, noise, into }) => {
      const draw = distribution === 'uniform' ? () => 2 * noise.uniform() - 1 : () => noise.normal();
      const perturbation = drawn(batch, embeddingWidth(parameters), () => scale * draw());
      const pair = pairBatch(batch, perturbation, executor.labels, weight);
      const { loss, residuals } = await executor.lossAndGradients(parameters, pair.batch, {
        dropout: dropout(0),
        into,
        perturbation: pair.perturbation,
        loss: { of: pairedDivergence, inputs: { targets: pair.targets, shares: pair.shares } },
        reachesWords: (row) => row % 2 === 0,
      });
      return { loss, residuals: cleanResiduals(residuals) };
    },
  };
}
