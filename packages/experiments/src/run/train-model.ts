import { join } from 'node:path';
import { UserError } from '@im-bert/core';
import { bucketsUpTo, encodeExamples, makeBatches, tasks } from '@im-bert/data';
import { type Model, parameterCount } from '@im-bert/models';
import { splitTrainValidation, train, type TrainingResult } from '@im-bert/training';
import type { PlacedCell } from '../plan/cell.ts';
import type { TrainingRecord } from '../store/rows.ts';
import { type Corpus, sampleExamples } from './corpus.ts';
import type { EncoderSource } from './encoders.ts';
import type { ExecutorPool } from './executors.ts';

/** What training needs beside the cell and its encoder. */
export interface TrainContext {
  readonly corpus: Corpus;
  readonly executors: ExecutorPool;
  /** Holds a folder for each model in training with its checkpoint. */
  readonly folder: string;
  readonly checkpointEvery: number;
  readonly signal: AbortSignal;
}

/** What happens while a cell runs. */
export interface CellEvents {
  /** What the cell takes in all, in estimated seconds. */
  readonly estimate: (seconds: number) => void;
  /** A share of the stage in [0, 1] and words for what it does. */
  readonly progress: (share: number, doing: string) => void;
  readonly log: (event: string, details: Readonly<Record<string, unknown>>) => void;
}

/** The folder of a model's checkpoint. */
export function checkpointFolder({ folder }: Pick<TrainContext, 'folder'>, { model }: PlacedCell): string {
  return join(folder, model);
}

/**
 * Trains a cell's model; goes on from its checkpoint if there is one.
 * @returns undefined if the signal stopped it; its checkpoint is written then
 * @throws UserError if training never was finite
 */
export async function trainModel(
  cell: PlacedCell,
  encoder: EncoderSource,
  context: TrainContext,
  events: CellEvents,
): Promise<{ readonly model: Model; readonly record: TrainingRecord } | undefined> {
  const { training, seed, task } = cell.spec;
  const { batchSize, maxLength, validationShare } = training;
  const bucketLengths = bucketsUpTo(maxLength);
  const examples = sampleExamples(await context.corpus.examples(task), cell.spec);
  const parts = splitTrainValidation(examples.train, validationShare, seed);
  const encoded = encodeExamples(encoder.tokenizer, parts.train, maxLength);
  const held = encodeExamples(encoder.tokenizer, parts.validation, maxLength);
  const model = await encoder.model(cell.spec, tasks[task].labels.length);
  const result = await train({
    executor: await context.executors.executor(model),
    model,
    trainBatches: (random) => makeBatches(encoded, { batchSize, random, bucketLengths }),
    validationBatches: makeBatches(held, { batchSize, bucketLengths }),
    spec: training,
    seed,
    folder: checkpointFolder(context, cell),
    identity: cell.model,
    checkpointEvery: context.checkpointEvery,
    signal: context.signal,
    onStep: (record, { done, total }) => {
      events.progress(done / total, `step ${done}/${total}`);
      events.log('step', { model: cell.model, ...record });
    },
    onValidation: (record) => {
      events.log('validation', { model: cell.model, ...record });
    },
  });
  if (result.status === 'stopped') return undefined;
  checkFinite(result);
  const counts = { train: encoded.length, held: held.length, heldOut: examples.heldOut };
  return { model: result.model, record: { ...result, facts: { ...counts, ...factsOf(result) } } };
}

function factsOf({ model, best, skippedSteps }: TrainingResult<Model>): TrainingRecord['facts'] {
  return {
    parameters: parameterCount(model.config, model.labels),
    bestEpoch: best?.epoch ?? null,
    validationLoss: best?.loss ?? null,
    skippedSteps,
  };
}

/** A model that never had a finite loss has learned nothing, so its accuracies would say nothing. */
function checkFinite({ steps, skippedSteps, best, validations }: TrainingResult<Model>): void {
  const remedy = 'Take a smaller learning rate, solver step or Euler step.';
  const where = 'training';
  if (skippedSteps === steps.length)
    throw new UserError({
      where,
      expected: 'a finite loss and gradient',
      got: `none in ${steps.length} steps`,
      remedy,
    });
  if (best === null)
    throw new UserError({
      where,
      expected: 'a finite validation loss',
      got: `none in ${validations.length} epochs`,
      remedy,
    });
}
