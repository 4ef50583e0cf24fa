import type * as tf from '@tensorflow/tfjs-core';
import type { Joined } from '../connections/connection.ts';
import { connect, type ConnectionKind, layerKinds, solveOf, solves } from '../connections/connections.ts';
import { classify, firstState } from '../encoder/classify.ts';
import type { DropoutMasks, LayerMasks } from '../encoder/dropout-masks.ts';
import { embed, type EmbeddedInputs } from '../encoder/embed.ts';
import { encoderLayer, scoreBias } from '../encoder/encoder-layer.ts';
import { embeddingParameterNames } from '../config/parameter-shapes.ts';
import {
  type LayerParameters,
  layerParametersOf,
  type Parameters,
  pickParameters,
} from '../encoder/parameters.ts';
import type { Residual } from '../solvers/residual.ts';
import { masksAt } from './mask-sets.ts';
import type { Structure } from './model.ts';

/** A layer's place in the stack. */
export interface LayerInputs {
  readonly kind: ConnectionKind;
  /** h_{t-1} [B, L, D] */
  readonly hidden: tf.Tensor;
  /** [B, L], 1 = token */
  readonly mask: tf.Tensor;
  /** Masks of the layer's evaluations; null: no dropout. */
  readonly masks: readonly LayerMasks<tf.Tensor>[] | null;
  /** Whether to evaluate the layer once more for the residual of its result. */
  readonly measureEnd: boolean;
  /** How many positions of h_t are wanted, from the first on; default all. Not for implicit layers. */
  readonly wanted?: number | undefined;
}

/**
 * Positions of h_t that a classifier needs, undefined for all: of the last layer's only the first. An implicit layer's
 * positions depend on one another through its equation, so all are needed.
 */
export function wantedPositions(kinds: readonly ConnectionKind[], index: number): number | undefined {
  const kind = kinds[index];
  return index === kinds.length - 1 && kind !== undefined && !solves(kind) ? 1 : undefined;
}

/** One layer with its connection: h_{t-1} to h_t. */
export function connectedLayer(
  { config, connection }: Structure,
  parameters: LayerParameters,
  { kind, hidden, mask, masks, measureEnd, wanted }: LayerInputs,
): Joined {
  // The bias is made anew each time: a backward pass evaluates the layer when the forward pass's tensors are gone.
  const layer = (state: tf.Tensor, evaluation: number): tf.Tensor =>
    encoderLayer(
      parameters,
      config,
      state,
      scoreBias(parameters, config, mask),
      masksAt(solveOf(connection, kind)?.dropout, masks, evaluation),
      wanted,
    );
  return connect(connection, kind, { layer, hidden, tokenMask: mask, measureEnd });
}

/** What an encoder makes of a batch. */
export interface Encoded {
  /** h_0 [B, L, D] */
  readonly embedded: tf.Tensor;
  /** h_N [B, L, D] */
  readonly hidden: tf.Tensor;
  /** One for each layer, first layer first; null where no equation is solved. */
  readonly residuals: readonly (Residual<tf.Tensor> | null)[];
}

/** What a classifier says of a batch. */
export interface Classified extends Omit<Encoded, 'hidden'> {
  /** [B, C] */
  readonly logits: tf.Tensor;
  /** The last layer's state at the first position [B, D]. */
  readonly features: tf.Tensor;
}

/** Options of a forward pass. */
export interface ForwardOptions {
  /** Whether to evaluate each implicit layer once more for the residual of its result. */
  readonly measureEnd: boolean;
  /** Leaves out of the last layer what a classifier does not read: its result is then [B, 1, D]. */
  readonly firstOnly?: boolean;
}

/**
 * The encoder, from embedded words to the last layer's states: a pure function, traceable, in tfjs ops.
 * @param parameters those of the head may be missing
 * @param masks dropout masks, as `dropoutMaskShapes` describes them; null: no dropout
 */
export function encodeSequence(
  structure: Structure,
  parameters: Parameters,
  inputs: EmbeddedInputs,
  masks: DropoutMasks<tf.Tensor> | null,
  { measureEnd, firstOnly = false }: ForwardOptions,
): Encoded {
  const { config, connection } = structure;
  const { mask } = inputs;
  const embedding = pickParameters(parameters, embeddingParameterNames(config));
  const embedded = embed(embedding, config, inputs, masks?.embeddings ?? null);
  let hidden = embedded; // [B, L, D]
  const kinds = layerKinds(connection, config.layers);
  const residuals = kinds.map((kind, index) => {
    const wanted = firstOnly ? wantedPositions(kinds, index) : undefined;
    const layerInputs = { kind, hidden, mask, masks: masks?.layers[index] ?? null, measureEnd, wanted };
    const joined = connectedLayer(structure, layerParametersOf(parameters, config, index), layerInputs);
    ({ hidden } = joined);
    return joined.residual;
  });
  return { embedded, hidden, residuals };
}

/** The whole classifier, from embedded words to logits: `encodeSequence`, then the head. */
export function classifySequence(
  structure: Structure,
  parameters: Parameters,
  inputs: EmbeddedInputs,
  masks: DropoutMasks<tf.Tensor> | null,
  { measureEnd }: Pick<ForwardOptions, 'measureEnd'>,
): Classified {
  const options = { measureEnd, firstOnly: true };
  const { embedded, hidden, residuals } = encodeSequence(structure, parameters, inputs, masks, options);
  const features = firstState(hidden);
  return {
    logits: classify(parameters, structure.config, features, masks?.head ?? null),
    features,
    embedded,
    residuals,
  };
}
