import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Tokenizer } from '@im-bert/data';
import type { Model } from '@im-bert/models';
import { type Answer, answersOf } from '../measurements/answers.ts';
import { type ExampleSet, type Measurement, type Subject, subjectId } from '../measurements/measurement.ts';
import { type PlacedCell, scoredConnection } from '../plan/cell.ts';
import type { AttackTools } from './attack-tools.ts';
import { type Corpus, examplesOf } from './corpus.ts';
import type { ExecutorPool } from './executors.ts';

/** What measuring needs beside the model. */
export interface MeasureContext {
  readonly corpus: Corpus;
  readonly executors: ExecutorPool;
  /** Holds what an attack has done so far. */
  readonly attacks: string;
  readonly signal: AbortSignal;
  /** The experiment's attack, loaded when first asked for. */
  readonly attackTools?: () => Promise<AttackTools>;
}

/** A trained model, ready to be measured as a cell evaluates it. */
export type Evaluated = Omit<Subject, 'progress' | 'progressFile'>;

/** Makes a trained model ready to be measured. */
export async function evaluated(
  cell: PlacedCell,
  trained: Model,
  tokenizer: Tokenizer,
  context: MeasureContext,
): Promise<Evaluated> {
  const { spec } = cell;
  const all = await context.corpus.examples(spec.task);
  const model = { ...trained, connection: scoredConnection(spec) };
  const parts = {
    spec,
    model,
    tokenizer,
    executor: await context.executors.executor(model),
    batchSize: spec.training.batchSize,
    maxLength: spec.training.maxLength,
    signal: context.signal,
  };
  const known = new Map<ExampleSet, Promise<readonly Answer[]>>();
  const examples = (set: ExampleSet) => examplesOf(set, all, spec);
  return {
    ...parts,
    engine: context.executors.engine,
    examples,
    answers: (set) => {
      const answers = known.get(set) ?? answersOf(examples(set), parts);
      known.set(set, answers);
      return answers;
    },
    storedSet: (name) => context.corpus.storedSet(name, spec.task),
    attackTools: context.attackTools,
  };
}

/** Makes one measurement. @throws the signal's reason once it is aborted */
export async function measure(
  measurement: Measurement,
  cell: PlacedCell,
  subject: Evaluated,
  { attacks }: Pick<MeasureContext, 'attacks'>,
  progress: Subject['progress'],
): Promise<readonly object[]> {
  const progressFile = join(attacks, `${subjectId(cell, measurement)}.jsonl`);
  await mkdir(dirname(progressFile), { recursive: true });
  return measurement.measure({ ...subject, progressFile, progress });
}

/** Removes what a measurement had done so far, once its rows are stored. */
export async function forgetProgress(
  measurement: Measurement,
  cell: PlacedCell,
  { attacks }: Pick<MeasureContext, 'attacks'>,
): Promise<void> {
  await rm(join(attacks, `${subjectId(cell, measurement)}.jsonl`), { force: true });
}
