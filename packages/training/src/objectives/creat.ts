import { type FloatTensor, floatTensor, scaled } from '@im-bert/core';
import { stopGradient } from '@im-bert/jit';
import {
  crossEntropyLoss,
  crossEntropyOf,
  labelTargets,
  type LabelledInputs,
  type LossFunction,
} from '@im-bert/models';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { inputOf } from './divergence.ts';
import { GradientSum } from './gradient-sum.ts';
import { maximumPasses, type Objective } from './objective.ts';
import { ascend, drawn, embeddingWidth, projectExamples } from './perturbation.ts';

/** Settings of CreAT; defaults of trainer/creat.py in gingasan/CreAT. */
export const creatSchema = z.strictObject({
  name: z.literal('creat').describe('CreAT: the attack also pushes the representation away.'),
  ascents: z
    .int()
    .min(0)
    .max(maximumPasses)
    .default(1)
    .describe("ascent steps before the last pass (the code's adv_steps - 1)"),
  ascentRate: z.number().min(0).default(0.1).describe('adv_lr: length of an ascent step of an example'),
  radius: z.number().min(0).default(0.1).describe('max_norm of an example'),
  temperature: z
    .number()
    .min(0)
    .default(1)
    .describe("tau: weight of the representation's cosine in the attack"),
  initialDeviation: z.number().min(0).default(1e-2).describe('standard deviation of the random start'),
});

/** What the perturbation ascends: CE - tau · Σ cos(features, anchor). Inputs `targets`, `anchor` [B, D], `pull` [B]. */
const attack: LossFunction = {
  name: "CreAT's attack",
  evaluate: ({ logits, features }, inputs) => {
    const anchor = stopGradient(inputOf(inputs, 'anchor'));
    const norm = (x: tf.Tensor): tf.Tensor => tf.sqrt(tf.sum(tf.square(x), -1));
    const cosine = tf.div(tf.sum(tf.mul(features, anchor), -1), tf.mul(norm(features), norm(anchor)));
    return tf.sub(crossEntropyOf(logits, inputs['targets']), tf.sum(tf.mul(inputOf(inputs, 'pull'), cosine)));
  },
};

/**
 * CreAT (Wu et al., ICLR 2023), as gingasan/CreAT does it: half the clean and half
 * the attacked cross-entropy; the attack raises the loss and turns the first position's state away from the clean one.
 * The cosine is summed over the batch where the cross-entropy is a mean, as there. Padding gets no noise (there it does).
 */
export function creat(spec: z.output<typeof creatSchema>): Objective {
  const sum = new GradientSum();
  return {
    step: async ({ executor, parameters, batch, dropout, noise, into }) => {
      const targets = labelTargets(batch, executor.labels);
      const half = { of: crossEntropyLoss, inputs: { targets: scaled(targets, 0.5) } };
      const clean = await executor.lossAndGradients(parameters, batch, {
        dropout: dropout(0),
        into,
        loss: half,
      });
      const perturbation = drawn(
        batch,
        embeddingWidth(parameters),
        () => spec.initialDeviation * noise.normal(),
      );
      for (let ascent = 0; ascent < spec.ascents; ascent++) {
        const { embeddingGradient } = await executor.lossAndGradients(parameters, batch, {
          dropout: dropout(1 + ascent),
          into: sum.scratch(into),
          perturbation,
          loss: {
            of: attack,
            inputs: { targets, anchor: clean.features, pull: pullOf(batch, spec.temperature) },
          },
        });
        ascend(perturbation, embeddingGradient, spec.ascentRate);
        projectExamples(perturbation, spec.radius);
      }
      const attacked = await executor.lossAndGradients(parameters, batch, {
        dropout: dropout(1 + spec.ascents),
        into: sum.scratch(into),
        perturbation,
        loss: half,
      });
      sum.addTo(into);
      return { loss: clean.loss + attacked.loss, residuals: clean.residuals };
    },
  };
}

/** tau for a row that counts, 0 for a filler. */
function pullOf({ weights }: LabelledInputs, temperature: number): FloatTensor {
  return floatTensor(
    weights.data.map((weight) => (weight > 0 ? temperature : 0)),
    weights.shape,
  );
}
