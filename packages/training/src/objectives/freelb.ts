import { scaled } from '@im-bert/core';
import { crossEntropyLoss, labelTargets, type LayerResidual } from '@im-bert/models';
import { z } from 'zod';
import { GradientSum } from './gradient-sum.ts';
import { maximumPasses, type Objective } from './objective.ts';
import { ascend, drawnWithin, embeddingWidth, projectExamples } from './perturbation.ts';

/** Settings of FreeLB; the defaults are the MNLI line of its RoBERTa scripts (launch/FreeLB of zhuchen03/FreeLB). */
export const freelbSchema = z.strictObject({
  name: z.literal('freelb').describe('FreeLB: K passes along an adversarial path, their gradients averaged.'),
  passes: z
    .int()
    .min(1)
    .max(maximumPasses)
    .default(3)
    .describe("K, forward and backward passes a step (fairseq's adv_steps + 1)"),
  ascentRate: z.number().min(0).default(0.1).describe('adv_lr: length of an ascent step of an example'),
  initialMagnitude: z
    .number()
    .min(0)
    .default(0.1)
    .describe(
      'init_mag: bound of the random start before it is divided by the root of its entries; 0 starts clean',
    ),
  radius: z
    .number()
    .min(0)
    .default(0.3)
    .describe('max_norm of an example; 0 means no projection, as in its code'),
  sharedDropout: z
    .boolean()
    .default(true)
    .describe("one set of dropout masks for a step's passes (dp_masks)"),
});

/**
 * FreeLB (Zhu et al. 2020, arXiv:1909.11764), as its code does it: the perturbation is added to the word embeddings,
 * starts uniformly at random and follows the gradient by example, and the parameters' gradients of all K passes are
 * averaged. No clean term: with a random start even the first pass is perturbed.
 */
export function freelb(spec: z.output<typeof freelbSchema>): Objective {
  const sum = new GradientSum();
  return {
    step: async ({ executor, parameters, batch, dropout, noise, into }) => {
      const perturbation = drawnWithin(batch, embeddingWidth(parameters), spec.initialMagnitude, noise);
      const targets = scaled(labelTargets(batch, executor.labels), 1 / spec.passes);
      let loss = 0;
      let residuals: readonly LayerResidual[] = [];
      for (let pass = 0; pass < spec.passes; pass++) {
        const outcome = await executor.lossAndGradients(parameters, batch, {
          dropout: dropout(spec.sharedDropout ? 0 : pass),
          into: pass === 0 ? into : sum.scratch(into),
          perturbation,
          loss: { of: crossEntropyLoss, inputs: { targets } },
        });
        if (pass > 0) sum.addTo(into);
        loss += outcome.loss;
        residuals = outcome.residuals;
        if (pass === spec.passes - 1) break;
        ascend(perturbation, outcome.embeddingGradient, spec.ascentRate);
        if (spec.radius > 0) projectExamples(perturbation, spec.radius);
      }
      return { loss, residuals };
    },
  };
}
