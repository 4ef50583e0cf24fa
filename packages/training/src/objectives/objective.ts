import type { RandomStream } from '@im-bert/core';
import type { DropoutSource, Executor, LabelledInputs, NamedTensors, TrainingPass } from '@im-bert/models';

/** Most passes of an objective in one step. */
export const maximumPasses = 100;

/** What an objective has at hand in one step. */
export interface ObjectiveContext {
  readonly executor: Executor;
  /** The trained weights: the model's and those of `initialWeights`. */
  readonly parameters: NamedTensors;
  readonly batch: LabelledInputs;
  /** Keep-masks of the step's n-th forward pass, n from 0; the same n gives the same masks. */
  readonly dropout: (pass: number) => DropoutSource;
  /** The step's random numbers for perturbations. */
  readonly noise: RandomStream;
  /** What the objective remembers from step to step, changed in place; begins as `initialMemory` made it. */
  readonly memory: NamedTensors;
  /** Share of the run's steps that are done, from 0. */
  readonly progress: number;
  /** Where the step's gradients must stand at the end. */
  readonly into: NamedTensors;
}

/** What the step reports; the gradients are in the context's `into`. */
export type ObjectiveOutcome = Pick<TrainingPass, 'loss' | 'residuals'>;

/** Minimized by training. */
export interface Objective {
  /** Runs one or more passes of the executor and leaves the gradients in `into`. */
  readonly step: (context: ObjectiveContext) => Promise<ObjectiveOutcome>;
  /** What the objective remembers before the first step; checkpoints hold it. */
  readonly initialMemory?: (parameters: NamedTensors) => NamedTensors;
  /** Weights of the objective's own, trained and kept beside the model's, which `effective` leaves out. */
  readonly initialWeights?: (parameters: NamedTensors, random: RandomStream) => NamedTensors;
  /** The weights that the model computes with, where they are not the trained ones. */
  readonly effective?: (parameters: NamedTensors, memory: NamedTensors) => NamedTensors;
}
