import { join } from 'node:path';
import { bucketsUpTo, encodeExamples, makeBatches, tasks } from '@im-bert/data';
import { splitTrainValidation, train, type TrainingResult } from '@im-bert/training';
import { type Model, parameterCount, saveModel } from '@im-bert/models';
import { type PlacedCell, scoredConnection, trainedId } from '../plan/cell.ts';
import type { Finding } from '../store/rows.ts';
import { type AttackFinding, attackModel } from './attack-model.ts';
import type { AttackTools } from './attack-tools.ts';
import { attackExamples, type Corpus, sampleExamples, type TaskExamples } from './corpus.ts';
import { measureDrift } from './drift.ts';
import type { EncoderSource } from './encoders.ts';
import type { ExecutorPool } from './executors.ts';
import { originalsOf } from './originals.ts';
import { score, type Scored, type Scorer } from './score.ts';
import { measureSpectra } from './spectra.ts';

/** What cells share. */
export interface CellContext {
  readonly corpus: Corpus;
  readonly executors: ExecutorPool;
  /** Holds a folder for each cell with its checkpoint. */
  readonly folder: string;
  readonly checkpointEvery: number;
  /** Keeps the trained weights in the cell's folder, as a Hugging Face model. */
  readonly keepWeights: boolean;
  readonly signal: AbortSignal;
  /** The experiment's attack, loaded when first asked for. */
  readonly attackTools?: () => Promise<AttackTools>;
}

/** What happens while a cell runs. */
export interface CellEvents {
  /** A share of the cell in [0, 1] and words for what it does. */
  progress(share: number, doing: string): void;
  log(event: string, details: Readonly<Record<string, unknown>>): void;
}

/** The share of a cell's time that training takes, for the progress display only. */
const trainingShare = 0.85;

/** The folder of a cell's checkpoint and weights: that of the trained model, which cells may share. */
export function cellFolder(context: Pick<CellContext, 'folder'>, cell: PlacedCell): string {
  return join(context.folder, trainedId(cell));
}

async function fit(
  cell: PlacedCell,
  encoder: EncoderSource,
  examples: TaskExamples,
  context: CellContext,
  events: CellEvents,
): Promise<{ result: TrainingResult<Model>; scorer: Scorer; counts: { train: number; held: number } }> {
  const { training, seed, task } = cell.spec;
  const { batchSize, maxLength, validationShare } = training;
  const bucketLengths = bucketsUpTo(maxLength);
  const parts = splitTrainValidation(examples.train, validationShare, seed);
  const encoded = encodeExamples(encoder.tokenizer, parts.train, maxLength);
  const held = encodeExamples(encoder.tokenizer, parts.validation, maxLength);
  const model = await encoder.model(cell.spec, tasks[task].labels.length);
  const executor = await context.executors.executor(model);
  const result = await train({
    executor,
    model,
    trainBatches: (random) => makeBatches(encoded, { batchSize, random, bucketLengths }),
    validationBatches: makeBatches(held, { batchSize, bucketLengths }),
    spec: training,
    seed,
    folder: cellFolder(context, cell),
    identity: trainedId(cell),
    checkpointEvery: context.checkpointEvery,
    signal: context.signal,
    onStep: (record, { done, total }) => {
      events.progress((trainingShare * done) / total, `step ${done}/${total}`);
      events.log('step', { cell: cell.id, ...record });
    },
    onValidation: (record) => {
      events.log('validation', { cell: cell.id, ...record });
    },
  });
  const counts = { train: encoded.length, held: held.length };
  const scored = { ...result.model, connection: scoredConnection(cell.spec) };
  const scorer = {
    executor: await context.executors.executor(scored),
    model: scored,
    ...{ tokenizer: encoder.tokenizer, batchSize, maxLength, signal: context.signal },
  };
  return { result, scorer, counts };
}

/** The attack on the trained model, if the cell has one. */
async function attacked(
  cell: PlacedCell,
  all: TaskExamples,
  scorer: Scorer,
  context: CellContext,
  events: CellEvents,
): Promise<AttackFinding> {
  const { attack } = cell.spec.evaluation;
  const tools = attack === undefined ? undefined : await context.attackTools?.();
  if (tools === undefined) return { predictions: [], attacked: [] };
  return attackModel(attackExamples(all, cell.spec), scorer, {
    tools,
    seed: cell.spec.seed,
    queryBudget: attack?.queryBudget,
    file: join(cellFolder(context, cell), `attack-${cell.id}.jsonl`),
    onExample: (done, total) => {
      events.progress(trainingShare, `attack ${done}/${total}`);
      events.log('attacked', { cell: cell.id, done, total });
    },
  });
}

function findingOf(
  result: TrainingResult<Model>,
  scored: readonly Scored[],
  facts: Finding['facts'],
): Omit<Finding, 'drift' | 'spectra' | 'attacked'> {
  const { model, best, steps, validations, skippedSteps } = result;
  return {
    steps,
    validations,
    predictions: scored.flatMap(({ predictions }) => predictions),
    residuals: scored.flatMap(({ residuals }) => residuals),
    facts: {
      ...facts,
      parameters: parameterCount(model.config, model.labels),
      bestEpoch: best?.epoch ?? null,
      validationLoss: best?.loss ?? null,
      skippedSteps,
    },
  };
}

/**
 * Trains and scores one cell; goes on from its checkpoint if there is one.
 * @returns undefined if the signal stopped it; its checkpoint is written then
 */
export async function runCell(
  cell: PlacedCell,
  encoder: EncoderSource,
  context: CellContext,
  events: CellEvents,
): Promise<Finding | undefined> {
  const all = await context.corpus.examples(cell.spec.task);
  const examples = sampleExamples(all, cell.spec);
  const { result, scorer, counts } = await fit(cell, encoder, examples, context, events);
  if (result.status === 'stopped') return undefined;
  try {
    events.progress(trainingShare, 'clean examples');
    const clean = await score('clean', examples.clean, scorer);
    events.progress(0.97, 'adversarial examples');
    const adversarial = await score('adversarial', examples.adversarial, scorer);
    const original = await score('original', originalsOf(examples.adversarial), scorer);
    const test = await score('test', examples.test, scorer);
    events.progress(0.99, 'drift');
    const drift = await measureDrift(examples.adversarial, scorer);
    events.progress(0.99, 'spectra');
    const spectra = await measureSpectra(examples.clean, scorer, context.executors.engine);
    if (context.keepWeights) await saveModel(join(cellFolder(context, cell), 'model'), result.model);
    const attack = await attacked(cell, all, scorer, context, events);
    const scored = [clean, adversarial, original, test, { predictions: attack.predictions, residuals: [] }];
    const facts = { ...counts, heldOut: examples.heldOut };
    return { ...findingOf(result, scored, facts), drift, spectra, attacked: attack.attacked };
  } catch (error) {
    if (context.signal.aborted) return undefined;
    throw error;
  }
}
