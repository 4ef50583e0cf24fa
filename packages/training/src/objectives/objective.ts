import type { DropoutSource, Executor, LabelledInputs, NamedTensors, TrainingPass } from '@im-bert/models';

/** What an objective has at hand in one step. */
export interface ObjectiveContext {
  readonly executor: Executor;
  readonly parameters: NamedTensors;
  readonly batch: LabelledInputs;
  /** Keep-masks of the step's n-th forward pass, n from 0; the same n gives the same masks. */
  readonly dropout: (pass: number) => DropoutSource;
  /** Where the step's gradients must stand at the end. */
  readonly into: NamedTensors;
}

/** What the step reports; the gradients are in the context's `into`. */
export type ObjectiveOutcome = Pick<TrainingPass, 'loss' | 'residuals'>;

/** Minimized by training: runs one or more passes of the executor and leaves the gradients in `into`. */
export type Objective = (context: ObjectiveContext) => Promise<ObjectiveOutcome>;
