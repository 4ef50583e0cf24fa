import { floatTensor } from '@im-bert/core';
import { softmax, stopGradient } from '@im-bert/jit';
import { crossEntropyLoss, labelTargets, type LossFunction, rowShares } from '@im-bert/models';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { inputOf, meanCrossEntropy, meanDivergence, sharedProbabilities } from './divergence.ts';
import { GradientSum } from './gradient-sum.ts';
import { maximumPasses, type Objective } from './objective.ts';
import { addScaled, drawn, embeddingWidth, isFiniteTensor, normaliseTokens } from './perturbation.ts';

/** Settings of SMART's repository; defaults of train.py in namisan/mt-dnn. */
export const smartCodeSchema = z.strictObject({
  name: z
    .literal('smart-code')
    .describe('SMART as its repository does it: not a small ball, no Bregman term.'),
  ascents: z.int().min(0).max(maximumPasses).default(1).describe('K: ascent steps'),
  ascentRate: z.number().min(0).default(1e-5).describe('step_size: factor of the raw gradient'),
  deviation: z.number().min(0).default(1e-5).describe('noise_var: standard deviation of the random start'),
  guard: z
    .number()
    .positive()
    .default(1e-6)
    .describe('epsilon of the per-token division: a guard, not a radius'),
  weight: z.number().min(0).default(1).describe('adv_alpha: weight of the divergence'),
});

/**
 * What the noise ascends, mt-dnn's stable_kl: 2 Σ p (logit p - logit y), log-odds constant, summed over the batch. Inputs
 * `anchor` [B, C], the clean logits, and `counts` [B], 1 for a row that counts.
 */
const stableDivergence: LossFunction = {
  name: "mt-dnn's stable KL",
  evaluate: ({ logits }, inputs) => {
    const [p, y] = [softmax(logits), softmax(inputOf(inputs, 'anchor'))];
    const change = stopGradient(tf.sub(logOdds(p), logOdds(y)));
    return tf.sum(tf.mul(tf.expandDims(inputOf(inputs, 'counts'), 1), tf.mul(tf.mul(p, change), 2)));
  },
};

/** -log(1 / (p + 1e-6) - 1 + 1e-6). */
function logOdds(p: tf.Tensor): tf.Tensor {
  return tf.neg(tf.log(tf.add(tf.sub(tf.div(1, tf.add(p, 1e-6)), 1), 1e-6)));
}

/**
 * SMART (Jiang et al. 2020, arXiv:1911.03437) as namisan/mt-dnn does it, on word embeddings (there on the embeddings'
 * output, which a model then embeds a second time: its issue 230). Each token's noise is divided by its largest entry, so the
 * perturbation is of the order of 1 and not of 1e-5. Both halves of the final divergence detach their target.
 *
 * The clean branch's gradient joins labels and divergence in one pass, which needs the attacked prediction first: one
 * forward pass more than three passes.
 */
export function smartCode(spec: z.output<typeof smartCodeSchema>): Objective {
  const sum = new GradientSum();
  return {
    step: async ({ executor, parameters, batch, dropout, noise, into }) => {
      const shares = rowShares(batch.weights.data);
      const counts = floatTensor(
        batch.weights.data.map((weight) => (weight > 0 ? 1 : 0)),
        batch.weights.shape,
      );
      const targets = labelTargets(batch, executor.labels);
      const { logits: anchor } = await executor.logits(parameters, batch, {
        dropout: dropout(0),
        residuals: false,
      });
      const perturbation = drawn(batch, embeddingWidth(parameters), () => spec.deviation * noise.normal());
      for (let ascent = 0; ascent < spec.ascents; ascent++) {
        const { embeddingGradient } = await executor.lossAndGradients(parameters, batch, {
          dropout: dropout(1 + ascent),
          into,
          perturbation,
          loss: { of: stableDivergence, inputs: { anchor, counts } },
        });
        if (!isFiniteTensor(embeddingGradient))
          return executor.lossAndGradients(parameters, batch, { dropout: dropout(0), into });
        addScaled(perturbation, embeddingGradient, spec.ascentRate);
        normaliseTokens(perturbation, spec.guard);
      }
      const weighted = shares.map((share) => spec.weight * share);
      const attacked = await executor.lossAndGradients(parameters, batch, {
        dropout: dropout(1 + spec.ascents),
        into,
        perturbation,
        loss: { of: crossEntropyLoss, inputs: { targets: sharedProbabilities(anchor, weighted) } },
      });
      const pulled = sharedProbabilities(attacked.logits, weighted);
      const clean = await executor.lossAndGradients(parameters, batch, {
        dropout: dropout(0),
        into: sum.scratch(into),
        loss: {
          of: crossEntropyLoss,
          inputs: {
            targets: floatTensor(
              targets.data.map((target, at) => target + (pulled.data[at] ?? 0)),
              targets.shape,
            ),
          },
        },
      });
      sum.addTo(into);
      const divergence = meanDivergence(clean.logits, attacked.logits, shares);
      return {
        loss: meanCrossEntropy(clean.logits, targets) + spec.weight * divergence,
        residuals: clean.residuals,
      };
    },
  };
}
