import { copyOf, floatTensor } from '@im-bert/core';
import { stopGradient } from '@im-bert/jit';
import { type LossFunction, type NamedTensors, rowShares } from '@im-bert/models';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { mapTensors } from '../named-tensors.ts';
import { divergenceFromAnchor, inputOf, pairedDivergence, pairs, symmetricDivergence } from './divergence.ts';
import { maximumPasses, type Objective } from './objective.ts';
import { cleanResiduals, onEvenRows, pairBatch } from './paired-batch.ts';
import { ascendLargest, clamp, drawn, embeddingWidth } from './perturbation.ts';

/** Settings of SMART. The defaults are the paper's as remembered: they were not checked against it. */
export const smartPaperSchema = z.strictObject({
  name: z
    .literal('smart-paper')
    .describe(
      'SMART as its paper says: a small ball and a Bregman term with momentum. Defaults from memory of the paper, not checked.',
    ),
  ascents: z.int().min(0).max(maximumPasses).default(1).describe('T_x: ascent steps'),
  ascentRate: z
    .number()
    .min(0)
    .default(1e-3)
    .describe('eta: length of a step along the gradient over its largest entry'),
  deviation: z.number().min(0).default(1e-5).describe('sigma: standard deviation of the random start'),
  radius: z.number().min(0).default(1e-5).describe('epsilon: bound of every entry'),
  smoothness: z.number().min(0).default(1).describe('lambda_s: weight of the divergence under perturbation'),
  proximity: z.number().min(0).default(1).describe('mu: weight of the divergence from the momentum model'),
  momentum: z.number().min(0).max(1).default(0.99).describe('beta over the first tenth of the steps'),
  laterMomentum: z.number().min(0).max(1).default(0.999).describe('beta afterwards'),
});

/** `pairedDivergence` and a divergence of the even rows from `anchor` [2B, C]; `proximities` [2B] as `shares`. */
const smartLoss: LossFunction = {
  name: 'SMART',
  rowsTogether: 2,
  evaluate: (view, inputs) => {
    const [clean] = pairs(view.logits);
    const [anchor] = pairs(stopGradient(inputOf(inputs, 'anchor')));
    const [proximities] = pairs(tf.expandDims(inputOf(inputs, 'proximities'), 1));
    const bregman = tf.sum(tf.mul(tf.squeeze(proximities, [1]), symmetricDivergence(clean, anchor)));
    return tf.add(pairedDivergence.evaluate(view, inputs), bregman);
  },
};

/** Share of the run over which `momentum` holds. */
const earlyShare = 0.1;

/**
 * SMART (Jiang et al. 2020, arXiv:1911.03437) as its paper says: labels, the symmetric divergence between clean and
 * perturbed predictions, both sides differentiated, and that between the model and the average of its past weights
 * (its momentum Bregman proximal point method). The averaged model predicts without dropout.
 */
export function smartPaper(spec: z.output<typeof smartPaperSchema>): Objective {
  return {
    initialMemory: (parameters) => mapTensors(parameters, copyOf),
    step: async ({ executor, parameters, batch, dropout, noise, memory, progress, into }) => {
      average(memory, parameters, progress < earlyShare ? spec.momentum : spec.laterMomentum);
      const { logits: anchor } = await executor.logits(memory, batch, { residuals: false });
      const { logits: clean } = await executor.logits(parameters, batch, {
        dropout: dropout(0),
        residuals: false,
      });
      const shares = rowShares(batch.weights.data);
      const perturbation = drawn(batch, embeddingWidth(parameters), () => spec.deviation * noise.normal());
      clamp(perturbation, spec.radius);
      for (let ascent = 0; ascent < spec.ascents; ascent++) {
        const { embeddingGradient } = await executor.lossAndGradients(parameters, batch, {
          dropout: dropout(1 + ascent),
          into,
          perturbation,
          loss: {
            of: divergenceFromAnchor,
            inputs: { anchor: clean, shares: floatTensor(shares, [shares.length]) },
          },
        });
        ascendLargest(perturbation, embeddingGradient, spec.ascentRate);
        clamp(perturbation, spec.radius);
      }
      const pair = pairBatch(batch, perturbation, executor.labels, spec.smoothness);
      const proximities = shares.map((share) => spec.proximity * share);
      const { loss, residuals } = await executor.lossAndGradients(parameters, pair.batch, {
        dropout: dropout(1 + spec.ascents),
        into,
        perturbation: pair.perturbation,
        loss: {
          of: smartLoss,
          inputs: {
            ...{ targets: pair.targets, shares: pair.shares, anchor: onEvenRows(anchor) },
            proximities: onEvenRows(floatTensor(proximities, [shares.length])),
          },
        },
      });
      return { loss, residuals: cleanResiduals(residuals) };
    },
  };
}

/** averages <- momentum · averages + (1 - momentum) · parameters, in place. */
function average(averages: NamedTensors, parameters: NamedTensors, momentum: number): void {
  for (const [name, { data }] of Object.entries(averages)) {
    const current = parameters[name]?.data;
    if (current === undefined) throw new Error(`smart-paper: expected a parameter named ${name}, got none.`);
    for (let at = 0; at < data.length; at++)
      data[at] = momentum * (data[at] ?? 0) + (1 - momentum) * (current[at] ?? 0);
  }
}
