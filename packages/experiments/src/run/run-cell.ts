import { rm } from 'node:fs/promises';
import { canonicalJson, SystemFault, systemFault, UserError } from '@im-bert/core';
import type { Model } from '@im-bert/models';
import { type Measurement, subjectId } from '../measurements/measurement.ts';
import { modelJson, trainingVersion } from '../plan/cell.ts';
import { type CostModel, measurementFlops, secondsOf, trainingFlops } from '../plan/cost.ts';
import type { PlannedCell } from '../plan/plan.ts';
import { recordsOf, type Work, workOf } from '../plan/work.ts';
import type { RunStore } from '../store/run-store.ts';
import type { EncoderSource } from './encoders.ts';
import type { KeptModels } from './kept-models.ts';
import { evaluated, type Evaluated, forgetProgress, measure, type MeasureContext } from './measure-model.ts';
import type { Provenance } from './provenance.ts';
import { stageProgress } from './stage-progress.ts';
import { type CellEvents, checkpointFolder, type TrainContext, trainModel } from './train-model.ts';

/** What cells share. */
export interface CellContext extends TrainContext, MeasureContext {
  readonly models: KeptModels;
  readonly store: RunStore;
  readonly provenance: Provenance;
  readonly stagesOf: CostModel;
}

/** How a cell ended; the reason of a failure is one line. */
export type CellOutcome =
  | { readonly status: 'done' | 'interrupted' }
  | { readonly status: 'failed'; readonly reason: string; readonly trace?: string | undefined };

/** The first line of an error; its stack is for the log. */
function failure(error: unknown): Extract<CellOutcome, { status: 'failed' }> {
  const [line = 'unknown'] = (error instanceof Error ? error.message : String(error)).split('\n');
  const reason =
    error instanceof UserError
      ? line
      : `unexpected ${error instanceof Error ? error.name : 'failure'}: ${line}`;
  return { status: 'failed', reason, trace: error instanceof Error ? error.stack : undefined };
}

/**
 * Ends the run for a full disk and the like, which is no fault of the cell's and which the next one would meet as well.
 * @param note writes down what it can, where nothing can be written nothing
 * @throws SystemFault if the error is one
 */
async function stopForFault(error: unknown, note: () => Promise<void>): Promise<void> {
  const fault = systemFault(error);
  if (fault === undefined) return;
  await note().catch(() => undefined);
  throw fault;
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}

/** What the cell lacks now: cells that ran before it may have trained its model or measured it. */
export async function workLeft(
  cell: PlannedCell,
  { store, models }: Pick<CellContext, 'store' | 'models'>,
): Promise<Work> {
  const records = recordsOf(await store.models(), await store.measured(), (id) => models.has(id));
  return workOf(cell, records);
}

async function startTraining(cell: PlannedCell, { store, provenance }: CellContext): Promise<void> {
  await store.startTraining({
    model: cell.model,
    spec: canonicalJson(modelJson(cell.spec)),
    digest: cell.digest,
    training_version: trainingVersion,
    seed: cell.seed,
    flops: trainingFlops(cell.spec),
    versions: provenance.versions,
    commit_id: provenance.commit,
    machine: provenance.machine,
  });
}

/** Trains the cell's model, keeps its weights and records what training found; then its checkpoint goes. */
async function train(
  cell: PlannedCell,
  encoder: EncoderSource,
  context: CellContext,
  events: CellEvents,
): Promise<Model | Exclude<CellOutcome, { status: 'done' }>> {
  const { store, models } = context;
  const started = performance.now();
  await startTraining(cell, context);
  const dropCheckpoint = () => rm(checkpointFolder(context, cell), { recursive: true, force: true });
  try {
    const trained = await trainModel(cell, encoder, context, events);
    if (trained === undefined) {
      await store.abandonTraining(cell.model, 'interrupted', null, secondsSince(started));
      return { status: 'interrupted' };
    }
    await models.save(cell.model, trained.model, cell.spec.task, encoder.tokenizerFolder);
    await store.finishTraining(cell.model, trained.record, secondsSince(started));
    await dropCheckpoint();
    return trained.model;
  } catch (error) {
    await stopForFault(error, () =>
      store.abandonTraining(cell.model, 'interrupted', null, secondsSince(started)),
    );
    const failed = failure(error);
    await store.abandonTraining(cell.model, 'failed', failed.reason, secondsSince(started));
    if (error instanceof UserError) await dropCheckpoint(); // it would fail again from there
    return failed;
  }
}

/** Makes one measurement and stores its rows, or why there are none. */
async function measureAndStore(
  measurement: Measurement,
  cell: PlannedCell,
  subject: Evaluated,
  context: CellContext,
  events: CellEvents,
): Promise<CellOutcome> {
  const { store, provenance, signal } = context;
  const started = performance.now();
  const of = () => ({
    subject: subjectId(cell, measurement),
    model: cell.model,
    seconds: secondsSince(started),
    flops: measurementFlops(measurement, cell.spec),
    machine: provenance.machine,
  });
  try {
    const rows = await measure(measurement, cell, subject, context, events.progress);
    await store.keep(measurement, of(), rows);
    await forgetProgress(measurement, cell, context);
    events.log('measured', { cell: cell.id, measurement: measurement.name, rows: rows.length, ...of() });
    return { status: 'done' };
  } catch (error) {
    if (signal.aborted) return { status: 'interrupted' };
    await stopForFault(error, () => Promise.resolve());
    const failed = failure(error);
    await store.keepFailure(measurement, of(), failed.reason);
    return { ...failed, reason: `${measurement.name}: ${failed.reason}` };
  }
}

/** The model's kept weights; undefined if they are damaged, so that it is trained again. */
async function keptModel(
  cell: PlannedCell,
  { models }: CellContext,
  { log }: CellEvents,
): Promise<Model | undefined> {
  try {
    return await models.load(cell.model, cell.spec);
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof SystemFault) throw error;
    log('damaged', { model: cell.model, reason: error.message });
    return undefined;
  }
}

/**
 * Does what a cell lacks: trains its model, unless its weights are kept, and measures what is missing on it. A measurement
 * that fails does not stop the others.
 */
export async function runCell(
  cell: PlannedCell,
  encoder: EncoderSource,
  context: CellContext,
  events: CellEvents,
): Promise<CellOutcome> {
  const { trains, measures } = await workLeft(cell, context);
  if (!trains) await rm(checkpointFolder(context, cell), { recursive: true, force: true }); // left by a kill
  if (!trains && measures.length === 0) return { status: 'done' };
  const kept = trains ? undefined : await keptModel(cell, context, events);
  const stages = context.stagesOf(cell.spec, { trains: kept === undefined, measures });
  events.estimate(secondsOf(stages)); // not the plan's, where a kept model is damaged or a cell before had the same
  const stage = (name: string): CellEvents => ({
    ...events,
    progress: stageProgress(stages, name, events.progress),
  });
  const trained = kept ?? (await train(cell, encoder, context, stage('training')));
  if ('status' in trained) return trained;
  const subject = await evaluated(cell, trained, encoder.tokenizer, context);
  let outcome: CellOutcome = { status: 'done' };
  for (const measurement of measures) {
    const own = stage(measurement.name);
    own.progress(0, measurement.name);
    const measured = await measureAndStore(measurement, cell, subject, context, own);
    if (measured.status === 'interrupted') return measured;
    if (outcome.status === 'done') outcome = measured;
  }
  return outcome;
}
