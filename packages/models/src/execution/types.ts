import type { FloatTensor, IntTensor } from '@im-bert/core';

/** Named weights, in Hugging Face's names without the family's prefix. */
export type NamedTensors = Readonly<Record<string, FloatTensor>>;

/** One batch of token sequences: B rows of L positions. */
export interface EncoderInputs {
  readonly ids: IntTensor; // [B, L]
  readonly typeIds: IntTensor; // [B, L]
  /** 1 at tokens, 0 at padding. */
  readonly mask: FloatTensor; // [B, L]
}

/** A batch with its labels. */
export interface LabelledInputs extends EncoderInputs {
  readonly labels: IntTensor; // [B]
  /** 1 for a real row, 0 for filler. */
  readonly weights: FloatTensor; // [B]
}

/**
 * The keep-mask of one dropout site, 1 = keep, `count` elements. Pure: the same site gives the same mask, so that the
 * backward pass of a chain may ask again.
 */
export interface DropoutSource {
  mask(site: string, count: number, keepProbability: number): Uint8Array;
}

/** How far one implicit layer was from its equation while it was solved. */
export interface LayerResidual {
  /** From 1, as the connection's `layers` count. */
  readonly layer: number;
  /** ||r|| / ||phi|| over the real tokens of each example, before the first and after every iteration. */
  readonly relative: FloatTensor; // [iterations + 1, B]
}

/** What one forward pass gives. */
export interface Prediction {
  readonly logits: FloatTensor; // [B, C]
  readonly residuals: readonly LayerResidual[];
}

/** How a training pass is run. */
export interface PassOptions {
  /** Null switches dropout off. */
  readonly dropout: DropoutSource | null;
  /** Buffers for the gradient of every parameter, in the parameters' names and shapes; overwritten. */
  readonly into: NamedTensors;
  /** Added to the looked-up word embeddings, [B, L, D]: where adversarial objectives perturb. */
  readonly perturbation?: FloatTensor;
}

/** What one forward and backward pass gives, beside the gradients in `into`. */
export interface TrainingPass extends Prediction {
  /** Cross-entropy, averaged over the rows by their weights. */
  readonly loss: number;
  /** Gradient with respect to the (perturbed) word embeddings, [B, L, D]. */
  readonly embeddingGradient: FloatTensor;
}

/** A model's structure, compiled; weights are arguments, so that one executor serves any number of them. */
export interface Executor {
  /** Class scores without dropout. */
  logits(parameters: NamedTensors, inputs: EncoderInputs): Promise<Prediction>;
  /** Loss and gradients of one batch. */
  lossAndGradients(
    parameters: NamedTensors,
    batch: LabelledInputs,
    options: PassOptions,
  ): Promise<TrainingPass>;
  dispose(): Promise<void>;
}
