import type { FloatTensor, HostTensor, IntTensor } from '@im-bert/core';
import { wordEmbeddings } from '../config/parameter-shapes.ts';
import { parameterOf } from '../encoder/parameters.ts';
import { lookUpRows } from '../encoder/word-embeddings.ts';
import { checkInputs, type EncoderInputs } from '../model/check-inputs.ts';
import type { BatchShape } from '../encoder/dropout-masks.ts';
import type { Structure } from '../model/model.ts';
import type { NamedTensors, PassOptions } from './types.ts';

/** What enters a graph for one batch: `EmbeddedInputs` on the host. */
export interface HostInputs {
  readonly wordEmbeddings: FloatTensor; // [B, L, D]
  readonly typeIds: IntTensor; // [B, L]
  readonly mask: FloatTensor; // [B, L]
}

/**
 * Looks the words up and perturbs them.
 * @throws UserError if the batch does not fit the model
 */
export function hostInputs(
  { config }: Structure,
  parameters: NamedTensors,
  inputs: EncoderInputs,
  perturbation?: PassOptions['perturbation'],
): HostInputs {
  checkInputs(config, inputs);
  const rows = lookUpRows(parameterOf(parameters, wordEmbeddings), inputs.ids);
  perturbation?.data.forEach((value, index) => (rows.data[index] = (rows.data[index] ?? 0) + value));
  return { wordEmbeddings: rows, typeIds: inputs.typeIds, mask: inputs.mask };
}

/** The tensors that enter a graph: all but the word embeddings. */
export function graphTensors(tensors: NamedTensors): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => name !== wordEmbeddings));
}

/** Narrows a graph's output to floats. @throws TypeError if there is none */
export function float(tensor: HostTensor | undefined): FloatTensor {
  if (tensor?.dtype === 'float32') return tensor;
  throw new TypeError(`graph output: expected float32, got ${tensor?.dtype ?? 'nothing'}.`);
}

/** B and L of a batch. */
export function batchShape({ ids }: Pick<EncoderInputs, 'ids'>): BatchShape {
  const [batch = 0, length = 0] = ids.shape;
  return { batch, length };
}
