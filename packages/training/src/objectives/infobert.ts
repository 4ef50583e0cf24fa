import { copyOf, type FloatTensor, floatTensor, scaled } from '@im-bert/core';
import { embeddingLookup } from '@im-bert/jit';
import {
  crossEntropyOf,
  labelTargets,
  type LayerResidual,
  type LossFunction,
  type LossView,
  type NamedTensors,
} from '@im-bert/models';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { inputOf } from './divergence.ts';
import { GradientSum } from './gradient-sum.ts';
import { contrast, freshCritic, isOfCritic } from './info-nce.ts';
import { maximumPasses, type Objective } from './objective.ts';
import { ascend, drawnWithin, embeddingWidth, projectExamples, tokenCounts } from './perturbation.ts';
import { anchoredTokens, keptRanks, partnersOf } from './token-choice.ts';

/** Settings of InfoBERT; the defaults are the line of its README (ANLI/README.md of AI-secure/InfoBERT). */
export const infobertSchema = z
  .strictObject({
    name: z
      .literal('infobert')
      .describe('InfoBERT: FreeLB with an information bottleneck and anchored features.'),
    passes: z
      .int()
      .min(1)
      .max(maximumPasses)
      .default(3)
      .describe('adv_steps, passes of the task; each has a second one for the features'),
    ascentRate: z.number().min(0).default(0.04).describe('adv_lr: length of an ascent step of an example'),
    initialMagnitude: z
      .number()
      .min(0)
      .default(0.08)
      .describe(
        'init_mag: bound of the random start before it is divided by the root of its entries; 0 starts clean',
      ),
    radius: z.number().min(0).default(0).describe('max_norm of an example; 0 means no projection'),
    sharedDropout: z.boolean().default(true).describe("one set of dropout masks for a step's passes"),
    bottleneck: z.number().min(0).default(5e-3).describe("beta: weight of the spread of tokens' embeddings"),
    anchor: z
      .number()
      .min(0)
      .default(5e-3)
      .describe('alpha: weight of the bound between anchored features and the first state'),
    lowestRank: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe("cl: share of an example's tokens with the smallest gradients that are left out"),
    highestRank: z
      .number()
      .min(0)
      .max(1)
      .default(0.9)
      .describe('ch: share of them after which those with the largest gradients are left out'),
    criticWidth: z.int().min(1).max(65_536).default(300).describe("hidden units of the bound's critic"),
  })
  .refine(({ lowestRank, highestRank }) => lowestRank <= highestRank, {
    path: ['lowestRank'],
    error: 'expected at most highestRank',
  });

function embeddedOf({ embedded }: LossView): tf.Tensor {
  if (embedded === undefined) throw new RangeError("infobert: expected the embeddings' output, got none.");
  return embedded;
}

/**
 * Cross-entropy, and the squared distance of each token's embedding from its partner's. Inputs `targets` [B, C], `partners`
 * [B, L] (the partner's place among the B·L), `spreads` [B, L] (what the distance counts).
 */
const taskAndBottleneck: LossFunction = {
  name: "InfoBERT's task and bottleneck",
  rowsTogether: Infinity,
  readsEmbedded: true,
  evaluate: (view, inputs) => {
    const embedded = embeddedOf(view);
    const [rows = 0, length = 0, width = 0] = embedded.shape;
    const tokens = tf.reshape(embedded, [rows * length, width]);
    const partners = tf.reshape(tf.cast(inputOf(inputs, 'partners'), 'int32'), [rows * length]);
    const distances = tf.sum(tf.squaredDifference(tokens, embeddingLookup(tokens, partners)), -1);
    const spreads = tf.reshape(inputOf(inputs, 'spreads'), [rows * length]);
    return tf.add(crossEntropyOf(view.logits, inputs['targets']), tf.sum(tf.mul(spreads, distances)));
  },
};

/**
 * A loss whose gradients by h_0, the features and the logits are its inputs `byEmbedded` [B, L, D], `byFeatures` [B, D] and
 * `byLogits` [B, C]; the last are zeros, there because a loss must depend on every weight, the head's too.
 */
const givenGradients: LossFunction = {
  name: "InfoBERT's anchored features",
  readsEmbedded: true,
  evaluate: (view, inputs) =>
    tf.addN([
      tf.sum(tf.mul(embeddedOf(view), inputOf(inputs, 'byEmbedded'))),
      tf.sum(tf.mul(view.features, inputOf(inputs, 'byFeatures'))),
      tf.sum(tf.mul(view.logits, inputOf(inputs, 'byLogits'))),
    ]),
};

/**
 * InfoBERT (Wang et al. 2021, arXiv:2010.02329), as AI-secure/InfoBERT does it: FreeLB's passes, each with two more terms on
 * h_0. The bottleneck draws tokens' embeddings together: half their squared distance from a random token of the batch
 * (drawn with replacement, as there). The anchored features are the tokens whose gradients, of task and bottleneck, are
 * neither small nor the largest; InfoNCE, with a critic that is trained too, ties them to the first position's last
 * state. Which tokens these are is known after a backward pass, so theirs is a second pass with the same masks; the ascent
 * does not follow it. There the features are shuffled in one order in all steps and clipping leaves out the critic.
 */
export function infobert(spec: z.output<typeof infobertSchema>): Objective {
  const sum = new GradientSum();
  return {
    initialWeights: (parameters, random) => freshCritic(embeddingWidth(parameters), spec.criticWidth, random),
    effective: (weights) => divided(weights).model,
    step: async ({ executor, parameters, batch, dropout, noise, into }) => {
      const { model, critic } = divided(parameters);
      const { model: modelInto, critic: criticInto } = divided(into);
      for (const { data } of Object.values(criticInto)) data.fill(0);
      const lengths = tokenCounts(batch);
      const counts = lengths.map((count, row) => ((batch.weights.data[row] ?? 0) > 0 ? count : 0));
      const kept = counts
        .map((count) => keptRanks(spec, count))
        .reduce((total, [from, to]) => total + to - from, 0);
      // before the perturbation, whose draws a filler row adds to
      const draws = Array.from({ length: spec.passes }, () => ({
        ...partnersOf(batch, counts, (bound) => noise.integer(bound)),
        order: noise.shuffle(Array.from({ length: kept }, (_, place) => place)),
      }));
      let perturbation = drawnWithin(batch, embeddingWidth(model), spec.initialMagnitude, noise);
      const targets = scaled(labelTargets(batch, executor.labels), 1 / spec.passes);
      let loss = 0;
      let residuals: readonly LayerResidual[] = [];
      for (const [pass, { partners, shares, order }] of draws.entries()) {
        const options = { dropout: dropout(spec.sharedDropout ? 0 : pass), perturbation };
        const spreads = scaled(shares, spec.bottleneck / (2 * spec.passes));
        const task = await executor.lossAndGradients(model, batch, {
          ...options,
          into: pass === 0 ? modelInto : sum.scratch(modelInto),
          loss: { of: taskAndBottleneck, inputs: { targets, partners, spreads } },
        });
        if (pass > 0) sum.addTo(modelInto);
        loss += task.loss;
        residuals = task.residuals;
        const next = copyOf(perturbation);
        ascend(next, task.embeddingGradient, spec.ascentRate);
        if (spec.radius > 0) projectExamples(next, spec.radius);
        if (kept > 0 && spec.anchor > 0) {
          const tokens = anchoredTokens(spec, counts, task.embeddingGradient);
          const { bound, ...gradients } = boundOf(
            critic,
            { embedded: task.embedded, features: task.features },
            order.map((place) => tokens[place] ?? 0),
            { chunk: counts.filter((count) => count > 0).length, factor: -spec.anchor / spec.passes },
            criticInto,
          );
          loss += bound;
          await executor.lossAndGradients(model, batch, {
            ...options,
            into: sum.scratch(modelInto),
            loss: { of: givenGradients, inputs: { ...gradients, byLogits: scaled(targets, 0) } },
          });
          sum.addTo(modelInto);
        }
        perturbation = next;
      }
      return { loss, residuals };
    },
  };
}

/** The model's tensors, and the critic's. */
function divided(tensors: NamedTensors): { readonly model: NamedTensors; readonly critic: NamedTensors } {
  const entries = Object.entries(tensors);
  return {
    model: Object.fromEntries(entries.filter(([name]) => !isOfCritic(name))),
    critic: Object.fromEntries(entries.filter(([name]) => isOfCritic(name))),
  };
}

/** InfoNCE between tokens' embeddings and their rows' features, and its gradients as `givenGradients` takes them. */
function boundOf(
  critic: NamedTensors,
  { embedded, features }: { readonly embedded: FloatTensor | undefined; readonly features: FloatTensor },
  tokens: readonly number[],
  { chunk, factor }: { readonly chunk: number; readonly factor: number },
  into: NamedTensors,
): { readonly bound: number; readonly byEmbedded: FloatTensor; readonly byFeatures: FloatTensor } {
  if (embedded === undefined) throw new RangeError("infobert: expected the embeddings' output, got none.");
  const [, length = 0, width = 0] = embedded.shape;
  const x = new Float32Array(tokens.length * width);
  tokens.forEach((token, at) => {
    x.set(embedded.data.subarray(token * width, (token + 1) * width), at * width);
  });
  const rows = tokens.map((token) => Math.floor(token / length));
  const couples = { x: floatTensor(x, [tokens.length, width]), y: features, rows, chunk };
  const { bound, byX, byY } = contrast(critic, couples, factor, into);
  const byEmbedded = new Float32Array(embedded.data.length);
  tokens.forEach((token, at) => {
    byEmbedded.set(byX.data.subarray(at * width, (at + 1) * width), token * width);
  });
  return { bound, byEmbedded: floatTensor(byEmbedded, embedded.shape), byFeatures: byY };
}
