import type { EncoderConfig } from '../config/encoder-config.ts';
import { familyOf } from '../families/families.ts';

/** What a mask must be: its shape, and the chance with which an element is kept. */
export interface MaskShape {
  readonly shape: readonly number[];
  readonly keepProbability: number;
}

/** Masks of one evaluation of an encoder layer; null where the rate is 0. */
export interface LayerMasks<Leaf> {
  /** Attention probabilities [B, H, L, L]. */
  readonly attention: Leaf | null;
  /** Output of the attention block, before its residual sum [B, L, D]. */
  readonly attentionOutput: Leaf | null;
  /** Output of the feed-forward block, before its residual sum [B, L, D]. */
  readonly feedForwardOutput: Leaf | null;
}

/** Masks of the classification head; null where the rate is 0. */
export interface HeadMasks<Leaf> {
  /** First token's state before the dense layer [B, D]; in families whose head drops it out. */
  readonly features: Leaf | null;
  /** Output of the tanh layer [B, D]. */
  readonly pooled: Leaf | null;
}

/**
 * Masks of one forward pass. A layer has one set for each evaluation that draws its own: one, or with `dropout: fresh`
 * in an implicit layer, one for the explicit start and one for every iteration.
 */
export interface DropoutMasks<Leaf> {
  /** Sum of the embeddings after their LayerNorm [B, L, D]. */
  readonly embeddings: Leaf | null;
  readonly layers: readonly (readonly LayerMasks<Leaf>[])[];
  readonly head: HeadMasks<Leaf>;
}

/** B and L of a batch. */
export interface BatchShape {
  readonly batch: number;
  readonly length: number;
}

function maskShape(rate: number, shape: readonly number[]): MaskShape | null {
  return rate === 0 ? null : { shape, keepProbability: 1 - rate };
}

/** Shape of the mask over the embeddings. */
export function embeddingMaskShape(config: EncoderConfig, { batch, length }: BatchShape): MaskShape | null {
  return maskShape(config.hiddenDropout, [batch, length, config.width]);
}

/** Shapes of the masks of one evaluation of a layer. */
export function layerMaskShapes(config: EncoderConfig, { batch, length }: BatchShape): LayerMasks<MaskShape> {
  const output = maskShape(config.hiddenDropout, [batch, length, config.width]);
  return {
    attention: maskShape(config.attentionDropout, [batch, config.heads, length, length]),
    attentionOutput: output,
    feedForwardOutput: output,
  };
}

/** Shapes of the masks of the classification head. */
export function headMaskShapes(
  config: EncoderConfig,
  { batch }: Pick<BatchShape, 'batch'>,
): HeadMasks<MaskShape> {
  const pooled = maskShape(config.classifierDropout, [batch, config.width]);
  return { features: familyOf(config).headDropsFeatures ? pooled : null, pooled };
}
