import { setImmediate as turn } from 'node:timers/promises';
import { contentHash, randomStream, type RandomStream } from '@im-bert/core';
import type { Executor, NamedTensors } from '@im-bert/models';
import type { Objective } from './objectives/objective.ts';
import { createObjective } from './objectives/table.ts';
import type { IndexedBatch } from './predict.ts';
import { finiteOrNull, type StepRecord, type ValidationRecord } from './records.ts';
import { type BestEpoch, RunFolder, type RunState } from './run-state.ts';
import type { TrainingSpec } from './schema.ts';
import { createStepper, type Stepper } from './step.ts';
import { validate } from './validate.ts';

/** What a run needs. Everything but the callbacks, the signal and `checkpointEvery` decides its numbers. */
export interface TrainOptions<Model extends { readonly parameters: NamedTensors }> {
  readonly executor: Executor;
  /** Where training starts; left as it is. */
  readonly model: Model;
  /** The training examples in batches, in an order drawn from `random`; as many batches every time. */
  readonly trainBatches: (random: RandomStream) => readonly IndexedBatch[];
  /** The examples that choose the best epoch. */
  readonly validationBatches: readonly IndexedBatch[];
  readonly spec: TrainingSpec;
  readonly seed: number;
  /** Holds the checkpoint; a run that was cut short goes on from there, bit for bit. */
  readonly folder: string;
  /** Names what the batches and the model were made from, so that a folder is never resumed with other data. */
  readonly identity?: string;
  /** Steps between two checkpoints. */
  readonly checkpointEvery: number;
  /** After every step that this call ran (not after those before a resume). */
  readonly onStep?: (record: StepRecord, progress: Progress) => void;
  readonly onValidation?: (record: ValidationRecord) => void;
  /** Stops the run after the step at hand, once a checkpoint is written. */
  readonly signal?: AbortSignal;
}

/** Where a run stands. */
export interface Progress {
  /** Steps done. */
  readonly done: number;
  readonly total: number;
  /** Of the step just done. */
  readonly seconds: number;
}

/** What came of a run. */
export interface TrainingResult<Model> {
  readonly status: 'finished' | 'stopped';
  /** With the weights of the best epoch; those of the last step if none had a finite validation loss. */
  readonly model: Model;
  /** Null if no epoch had a finite validation loss. */
  readonly best: BestEpoch | null;
  readonly steps: readonly StepRecord[];
  readonly validations: readonly ValidationRecord[];
  readonly skippedSteps: number;
}

/**
 * Fine-tunes a model; the paper's section 4.1. Goes on from the folder's checkpoint if there is one; weights and
 * records are then the same to the bit as if the run had not been cut.
 *
 * @throws UserError if the folder holds another run's checkpoint or a damaged one
 */
export async function train<Model extends { readonly parameters: NamedTensors }>(
  options: TrainOptions<Model>,
): Promise<TrainingResult<Model>> {
  const { model, spec, seed } = options;
  const stepsPerEpoch = drawBatches(options, 0).length;
  const folder = new RunFolder(options.folder, fingerprint(options, stepsPerEpoch));
  const objective = createObjective(spec.objective);
  const own = objective.initialWeights?.(model.parameters, randomStream(seed, 'objective'));
  const trained = { ...model.parameters, ...own };
  const state = await folder.load(trained, objective.initialMemory?.(model.parameters) ?? {});
  const totalSteps = stepsPerEpoch * spec.epochs;
  const stepper = createStepper(options.executor, trained, spec, seed, totalSteps, objective);
  for (let epoch = state.validations.length; epoch < spec.epochs; epoch++) {
    const finished =
      (await runEpoch(options, epoch, stepsPerEpoch, state, stepper, folder)) &&
      (await closeEpoch(options, epoch, state, folder, objective));
    await folder.save(state);
    if (!finished) return result('stopped', options, state, folder, objective);
  }
  return result('finished', options, state, folder, objective);
}

/** The steps of an epoch that the state has not done; false if the signal cut them short. */
async function runEpoch<Model extends { readonly parameters: NamedTensors }>(
  options: TrainOptions<Model>,
  epoch: number,
  stepsPerEpoch: number,
  state: RunState,
  stepper: Stepper,
  folder: RunFolder,
): Promise<boolean> {
  const batches = drawBatches(options, epoch);
  if (batches.length !== stepsPerEpoch)
    throw new Error(
      `trainBatches: expected ${String(stepsPerEpoch)} batches in every epoch, got ${String(batches.length)}.`,
    );
  const total = stepsPerEpoch * options.spec.epochs;
  for (const batch of batches.slice(state.steps.length - epoch * stepsPerEpoch)) {
    if (options.signal?.aborted === true) return false;
    const start = performance.now();
    const record = await stepper(state, batch, epoch);
    state.steps.push(record);
    options.onStep?.(record, {
      done: state.steps.length,
      total,
      seconds: (performance.now() - start) / 1000,
    });
    if (state.steps.length % options.checkpointEvery === 0) await folder.save(state);
    await turn();
  }
  return true;
}

/** Validates after an epoch and keeps its weights if they are the best; false if the signal cut it short. */
async function closeEpoch<Model extends { readonly parameters: NamedTensors }>(
  { executor, validationBatches, onValidation, signal }: TrainOptions<Model>,
  epoch: number,
  state: RunState,
  folder: RunFolder,
  objective: Objective,
): Promise<boolean> {
  const weights = effectiveWeights(objective, state);
  const scores = await validate(executor, weights, validationBatches, signal);
  if (scores === null) return false;
  const step = state.steps.length;
  const loss = finiteOrNull(scores.loss);
  const record: ValidationRecord = { epoch, step, loss, accuracy: scores.accuracy };
  state.validations.push(record);
  if (loss !== null && loss < (state.best?.loss ?? Infinity)) {
    state.best = { epoch, step, loss };
    await folder.saveBest(state.best, weights);
  }
  onValidation?.(record);
  return true;
}

async function result<Model extends { readonly parameters: NamedTensors }>(
  status: 'finished' | 'stopped',
  { model }: TrainOptions<Model>,
  state: RunState,
  folder: RunFolder,
  objective: Objective,
): Promise<TrainingResult<Model>> {
  const { best, steps, validations } = state;
  const weights = best === null ? effectiveWeights(objective, state) : await folder.loadBest(best);
  return {
    status,
    model: { ...model, parameters: weights },
    best,
    steps,
    validations,
    skippedSteps: steps.filter(({ skipped }) => skipped).length,
  };
}

/** The weights that the model computes with. */
function effectiveWeights({ effective }: Objective, { parameters, memory }: RunState): NamedTensors {
  return effective?.(parameters, memory) ?? parameters;
}

function drawBatches<Model extends { readonly parameters: NamedTensors }>(
  { trainBatches, seed }: TrainOptions<Model>,
  epoch: number,
): readonly IndexedBatch[] {
  return trainBatches(randomStream(seed, `batches/${String(epoch)}`));
}

/** A hash of what the run's numbers depend on, as far as it can be told cheaply. */
function fingerprint<Model extends { readonly parameters: NamedTensors }>(
  { spec, seed, identity = '', model, validationBatches }: TrainOptions<Model>,
  stepsPerEpoch: number,
): string {
  const shapes = Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => [name, shape]),
  );
  return contentHash({ spec, seed, identity, shapes, stepsPerEpoch, validations: validationBatches.length });
}
