import { contentHash, type Json } from '@im-bert/core';
import type { Example, Tokenizer } from '@im-bert/data';
import type { Engine } from '@im-bert/jit';
import type { Executor, Model } from '@im-bert/models';
import type { z } from 'zod';
import type { CellSpec } from '../plan/cell.ts';
import type { AttackTools } from '../run/attack-tools.ts';
import type { StoredSet } from '../run/set-access.ts';
import type { RowSchema } from '../store/columns.ts';
import type { Answer } from './answers.ts';

/**
 * Which texts a model is measured on: held-out clean ones, AdvGLUE's dev set, the originals of those of its texts that have
 * one (under the same ids), AdvGLUE's test set, the held-out ones that an attack is to change, or `probe`: AdvGLUE's dev set,
 * where a task has none clean ones in its stead, at most `probeSize`.
 */
export type ExampleSet = 'clean' | 'adversarial' | 'original' | 'test' | 'attack' | 'probe';

/** Most texts of `probe`: all of AdvGLUE's largest dev set; fewer of generated ones, whose runs are to be short. */
export function probeSize({ data }: Pick<CellSpec, 'data'>): number {
  return data.source === 'embedded' ? 48 : 162;
}

/** A trained model as it is evaluated, with what measuring it takes. */
export interface Subject {
  readonly spec: CellSpec;
  readonly executor: Executor;
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly batchSize: number;
  /** In tokens. */
  readonly maxLength: number;
  readonly signal: AbortSignal;
  /** Other programs may be compiled on it. */
  readonly engine: Engine;
  readonly examples: (set: ExampleSet) => readonly Example[];
  /** What the model says of a set; asked once, however many measurements read it. */
  readonly answers: (set: ExampleSet) => Promise<readonly Answer[]>;
  /** A set that the evaluation names. */
  readonly storedSet: (name: string) => Promise<StoredSet>;
  /** The experiment's attack; none where the evaluation has none. */
  readonly attackTools?: (() => Promise<AttackTools>) | undefined;
  /** A file for what a long measurement has done so far; it goes once the rows are stored. */
  readonly progressFile: string;
  /** The share that is done, in [0, 1], and words for it. */
  readonly progress: (share: number, doing: string) => void;
}

/**
 * Something that is measured on a trained model. All else follows from it: the store's table, what is written, replaced and
 * queried from the row; when it is due from name, version and what it reads; its part of a cell's time from its passes.
 */
export interface Measurement<Row extends RowSchema = RowSchema> {
  /** Also its table's. */
  readonly name: string;
  /** Raised by hand when the rows of the same model change; models that are kept are then measured again. */
  readonly version: number;
  readonly row: z.ZodObject<Row>;
  readonly on: readonly ExampleSet[];
  /** Examples of a set, at most. */
  readonly atMost?: (spec: CellSpec) => number;
  /** What of the evaluation the rows depend on. */
  readonly reads: readonly (keyof CellSpec['evaluation'])[];
  /** Cost, in forward passes an example. */
  readonly passes: (spec: CellSpec) => number;
  /** @throws the signal's reason if it is aborted */
  readonly measure: (subject: Subject) => Promise<readonly z.output<z.ZodObject<Row>>[]>;
}

/** Infers a measurement's row. */
export function measurement<Row extends RowSchema>(spec: Measurement<Row>): Measurement<Row> {
  return spec;
}

/** What a measurement's rows are of: a trained model, and what of its evaluation they depend on. */
export function subjectId(
  { model, spec }: { readonly model: string; readonly spec: Pick<CellSpec, 'evaluation'> },
  { reads }: Pick<Measurement, 'reads'>,
): string {
  const read = Object.fromEntries(reads.map((name) => [name, spec.evaluation[name] ?? null]));
  return `${model}-${contentHash(JSON.parse(JSON.stringify(read)) as Json).slice(0, 8)}`;
}
