import type * as tf from '@tensorflow/tfjs-core';
import type { EncoderConfig } from '../config/encoder-config.ts';

/** Names of a head's parameters in the order in which they are applied: a tanh layer, then a linear one. */
type HeadNames = readonly [denseWeight: string, denseBias: string, outputWeight: string, outputBias: string];

/** Parameters that all layers read, and what they add to the attention scores. */
interface SharedAttention {
  /** Shapes by name, as a checkpoint has them without the family's prefix. */
  shapes(config: Pick<EncoderConfig, 'heads'>): Readonly<Record<string, readonly number[]>>;
  /**
   * @param parameters at least those of `shapes`
   * @param length L
   * @returns [1, H, L, L]
   */
  scores(parameters: Readonly<Record<string, tf.Tensor>>, length: number): tf.Tensor;
}

/** All that sets one family of encoders apart from another: post-LayerNorm layers are common to them. */
export interface EncoderFamily {
  /** transformers' class of the sequence classifier. */
  readonly architecture: string;
  /**
   * Where a checkpoint's names differ from ours, which are BERT's: parts of names between dots, ours first. The family's
   * name as prefix is understood.
   */
  readonly renamed: readonly (readonly [ours: string, theirs: string])[];
  /** Id of padding where config.json gives none. */
  readonly padId: number;
  readonly layerNormEpsilon: number;
  /**
   * Whether positions count from `padId + 1` and padding has the row of `padId`, as fairseq's do; else they count from 0,
   * padding included.
   */
  readonly positionsAfterPadding: boolean;
  readonly hasTokenTypes: boolean;
  /** Null where layers share nothing. */
  readonly shared: SharedAttention | null;
  readonly head: HeadNames;
  /** Whether the head drops out before its tanh layer too. */
  readonly headDropsFeatures: boolean;
  /** Keys of config.json that have one value that we know. */
  readonly constants: Readonly<Record<string, number>>;
  /** Whether the FLOPs that the paper prints count its LayerNorms (numerics, FLOPs: the paper mixes two counters). */
  readonly paperCountsNorms: boolean;
}
