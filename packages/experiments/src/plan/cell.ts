import { type AdvGlueTask, contentHash, type Json } from '@im-bert/core';
import type { ConnectionSpec } from '@im-bert/models';
import type { TrainingSpec } from '@im-bert/training';
import type { EncoderSpec, Experiment } from '../experiment/schema.ts';

/** Raised by hand when a stage's results change for the same cell; nothing else of the code invalidates results. */
export const stageVersion = 1;

/** An encoder that there is. */
export type PresentEncoder = Exclude<EncoderSpec, { from: 'nowhere' }>;

/** All that decides a cell's numbers: model, connection, objective, data, seed and evaluation, fully resolved. */
export interface CellSpec {
  readonly encoder: PresentEncoder;
  /** `layers` are numbers here: a group is placed in the encoder. */
  readonly connection: ConnectionSpec;
  readonly training: TrainingSpec;
  readonly task: AdvGlueTask;
  readonly data: Pick<Experiment['data'], 'source' | 'train'>;
  readonly evaluation: Pick<Experiment['data'], 'clean'>;
  readonly seed: number;
}

/** A cell at its place in a table. Its id does not depend on the place, so tables share cells. */
export interface PlacedCell {
  readonly id: string;
  readonly spec: CellSpec;
  /** The digest of the task's data. */
  readonly digest: string;
  readonly row: string;
  readonly task: AdvGlueTask;
  readonly seed: number;
}

/** The specification as JSON, which is what is hashed and stored. */
export function specJson(spec: CellSpec): Json {
  return JSON.parse(JSON.stringify(spec)) as Json;
}

/** The cell's id: 16 hex digits of the hash of its specification, its data's digest and the stage version. */
export function cellId(spec: CellSpec, digest: string): string {
  return contentHash({ spec: specJson(spec), digest, stageVersion }).slice(0, 16);
}
