import type * as tf from '@tensorflow/tfjs-core';
import type { ConnectionKind } from '../connections/connections.ts';
import { classify, firstState } from '../encoder/classify.ts';
import { embed, type EmbeddedInputs } from '../encoder/embed.ts';
import { parameterOf } from '../encoder/parameters.ts';
import { connectedLayer } from '../model/classifier.ts';
import type { Structure } from '../model/model.ts';
import {
  lossAndGradients,
  type LossWithValues,
  type Tensors,
  vectorJacobianProducts,
} from './differentiate.ts';
import { headMasksFromSites, layerMasksFromSites, mapSiteMasks, type SiteMasks } from './dropout-sites.ts';
import { residualOutputs } from './residuals.ts';
import { joinGradients, joinGroups, joinValues, rowGroups, type Take } from './row-groups.ts';
import type { LossFunction } from './types.ts';

// The links of a chain, as pure functions of their weights. Backward links begin with the forward link's inputs, so
// they compute anew what they need of its inside, an implicit layer's solve included.

type Masks = SiteMasks<tf.Tensor>;

/** Names of a link's input among the variables; parameters' names have dots. */
export const [words, state, embedded] = ['words', 'state', 'embedded'] as const;

/** h_0 [B, L, D]. */
export function embeddingForward(
  { config }: Structure,
  parameters: Tensors,
  inputs: EmbeddedInputs,
  masks: Masks,
): tf.Tensor {
  return embed(parameters, config, inputs, masks['embeddings'] ?? null);
}

/** Gradients by the embedding parameters and by the looked-up words. */
export function embeddingBackward(
  structure: Structure,
  parameters: Tensors,
  inputs: EmbeddedInputs,
  masks: Masks,
  cotangent: tf.Tensor,
): Tensors {
  const value = (variables: Tensors): tf.Tensor => {
    const embedded = { ...inputs, wordEmbeddings: parameterOf(variables, words) };
    return embeddingForward(structure, variables, embedded, masks);
  };
  return vectorJacobianProducts(value, { ...parameters, [words]: inputs.wordEmbeddings }, cotangent);
}

/** What a layer's links take. */
export interface LinkInputs {
  /** h_{t-1} [B, L, D] */
  readonly hidden: tf.Tensor;
  /** [B, L], 1 = token */
  readonly mask: tf.Tensor;
}

/** What the graphs of a layer depend on beside the structure. */
export interface LayerVariant {
  readonly kind: ConnectionKind;
  /** As in `LayerInputs`: 1 for a last layer of which only the first position is read. */
  readonly wanted: number | undefined;
  /** As in `ExecutorOptions`. */
  readonly tokensAtOnce: number;
}

/** The groups that a layer's inputs go through its graph in. */
function groupsOf({ tokensAtOnce }: LayerVariant, { mask }: LinkInputs): readonly Take[] {
  const [batch = 0, length = 0] = mask.shape; // [B, L]
  return rowGroups(batch, length, tokensAtOnce);
}

/** h_t as `state`, with the layer's residuals. */
export function layerForward(
  structure: Structure,
  variant: LayerVariant,
  measureEnd: boolean,
  parameters: Tensors,
  { hidden, mask }: LinkInputs,
  masks: Masks,
): Tensors {
  const parts = groupsOf(variant, { hidden, mask }).map((take): Tensors => {
    const groupMasks = layerMasksFromSites(mapSiteMasks(masks, take));
    const inputs = { ...variant, hidden: take(hidden), mask: take(mask), masks: groupMasks, measureEnd };
    const joined = connectedLayer(structure, parameters, inputs);
    return { [state]: joined.hidden, ...residualOutputs([joined.residual]) };
  });
  return joinGroups(parts, joinValues);
}

/** Gradients by a layer's parameters and by h_{t-1}, as `state`. */
export function layerBackward(
  structure: Structure,
  variant: LayerVariant,
  parameters: Tensors,
  { hidden, mask }: LinkInputs,
  masks: Masks,
  cotangent: tf.Tensor,
): Tensors {
  const parts = groupsOf(variant, { hidden, mask }).map((take) => {
    const groupMasks = mapSiteMasks(masks, take);
    const value = (variables: Tensors): tf.Tensor => {
      const inputs = { hidden: parameterOf(variables, state), mask: take(mask) };
      // a group is one group of itself
      return parameterOf(layerForward(structure, variant, false, variables, inputs, groupMasks), state);
    };
    return vectorJacobianProducts(value, { ...parameters, [state]: take(hidden) }, take(cotangent));
  });
  return joinGroups(parts, joinGradients(state));
}

/** Logits [B, C]. */
export function headForward(
  { config }: Structure,
  parameters: Tensors,
  hidden: tf.Tensor,
  masks: Masks,
): tf.Tensor {
  return classify(parameters, config, firstState(hidden), headMasksFromSites(masks));
}

/**
 * Loss, logits, features, and the gradients by the head's parameters and by the states.
 * @param states the last one as `state`; h_0 as `embedded`, where the loss reads it: its gradient is the part that does
 *   not go through the layers
 */
export function headStep(
  structure: Structure,
  loss: LossFunction,
  parameters: Tensors,
  states: Tensors,
  lossInputs: Tensors,
  masks: Masks,
): LossWithValues & { readonly gradients: Tensors } {
  const evaluate = (variables: Tensors): LossWithValues => {
    const last = parameterOf(variables, state);
    const values = { logits: headForward(structure, variables, last, masks), features: firstState(last) };
    const view = loss.readsEmbedded === true ? { embedded: parameterOf(variables, embedded) } : {};
    return { loss: loss.evaluate({ ...values, ...view }, lossInputs), values };
  };
  return lossAndGradients(evaluate, { ...parameters, ...states });
}
