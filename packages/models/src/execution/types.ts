import type { FloatTensor, IntTensor } from '@im-bert/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { EncoderInputs } from '../model/check-inputs.ts';
import type { Residual } from '../solvers/residual.ts';
import type { Tensors } from './differentiate.ts';

/** Named weights, in Hugging Face's names without the family's prefix. */
export type NamedTensors = Readonly<Record<string, FloatTensor>>;

/** A batch with its labels. */
export interface LabelledInputs extends EncoderInputs {
  readonly labels: IntTensor; // [B]
  /** 1 for a real row, 0 for filler. */
  readonly weights: FloatTensor; // [B]
}

/**
 * Keep-masks, 1 = keep, by the name of their dropout site. Pure: the same site gives the same mask, so that a backward
 * pass may ask again.
 */
export interface DropoutSource {
  mask(site: string, count: number, keepProbability: number): Uint8Array;
}

/** How far one implicit layer was from its equation while it was solved. */
export interface LayerResidual extends Residual<FloatTensor> {
  /** From 1, as the connection's `layers` count. */
  readonly layer: number;
}

/** What one forward pass gives. */
export interface Prediction {
  readonly logits: FloatTensor; // [B, C]
  /** Of the implicit layers, first layer first; none where they are not measured. */
  readonly residuals: readonly LayerResidual[];
}

/** What a loss may read of a forward pass, in its graph. */
export interface LossView {
  readonly logits: tf.Tensor; // [B, C]
  /** The last layer's state at the first position, before the head [B, D]. */
  readonly features: tf.Tensor;
  /** h_0, the embeddings' output [B, L, D], for a loss that says `readsEmbedded`. */
  readonly embedded?: tf.Tensor;
}

/** A loss as a pure function of tensors; B are the rows of one group. Compiled once, however often it is used. */
export interface LossFunction {
  /** Stands in messages. */
  readonly name: string;
  /**
   * Rows that the loss compares with one another: they follow one another, and no group divides them. Default 1;
   * Infinity for all rows.
   */
  readonly rowsTogether?: number;
  /** Whether the loss reads h_0, which the pass then returns too. */
  readonly readsEmbedded?: boolean;
  /** The sum over the rows of what each adds to the loss: a scalar. */
  readonly evaluate: (view: LossView, inputs: Tensors) => tf.Tensor;
}

/** A loss with the inputs that it takes for one batch, each [B, ...]. */
export interface Loss {
  readonly of: LossFunction;
  readonly inputs: NamedTensors;
}

/** How a forward pass is run. */
export interface ForwardPassOptions {
  /** Null, the default, switches dropout off. */
  readonly dropout?: DropoutSource | null;
  /** Added to the looked-up word embeddings, [B, L, D]: where adversarial objectives perturb. */
  readonly perturbation?: FloatTensor;
}

/** How a prediction is made. */
export interface PredictionOptions extends ForwardPassOptions {
  /** Whether residuals are measured, default true; the returned states' take one more evaluation of each implicit layer. */
  readonly residuals?: boolean;
}

/** How a training pass is run. */
export interface PassOptions extends ForwardPassOptions {
  /** Null switches dropout off. */
  readonly dropout: DropoutSource | null;
  /** Buffers for the gradient of every parameter, in the parameters' names and shapes; overwritten. */
  readonly into: NamedTensors;
  /** What is differentiated; by default the labels' cross-entropy. */
  readonly loss?: Loss;
  /** Whether a row's gradient reaches the table of words; by default each row's does. */
  readonly reachesWords?: (row: number) => boolean;
}

/** What one forward and backward pass gives, beside the gradients in `into`. */
export interface TrainingPass extends Prediction {
  readonly loss: number;
  /** The last layer's state at the first position [B, D]. */
  readonly features: FloatTensor;
  /** h_0, the embeddings' output [B, L, D], where the loss reads it. Valid until the next pass. */
  readonly embedded?: FloatTensor;
  /** Gradient by the (perturbed) word embeddings, [B, L, D]. Valid until the next pass. */
  readonly embeddingGradient: FloatTensor;
}

/** Runs passes in one way. */
export interface PassExecutor {
  /** Class scores and, unless they are not wanted, residuals, which end with those of the returned states. */
  logits(parameters: NamedTensors, inputs: EncoderInputs, options?: PredictionOptions): Promise<Prediction>;
  /** Loss and gradients of one batch. Residuals end with that before the last iteration. */
  lossAndGradients(
    parameters: NamedTensors,
    batch: LabelledInputs,
    options: PassOptions,
  ): Promise<TrainingPass>;
  dispose(): Promise<void>;
}

/**
 * A model's structure, compiled; weights are arguments, so that one executor serves any number of them. Passes reuse
 * buffers, so one must end before the next begins.
 */
export interface Executor extends PassExecutor {
  /** Number of classes. */
  readonly labels: number;
  /** The states h_0 (the embeddings' output) to h_N without dropout, [B, L, D] each. */
  states(
    parameters: NamedTensors,
    inputs: EncoderInputs,
    options?: Pick<ForwardPassOptions, 'perturbation'>,
  ): Promise<readonly FloatTensor[]>;
}
