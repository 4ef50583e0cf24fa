import { contentHash, type Json } from '@im-bert/core';
import type { Task } from '@im-bert/data';
import { connectionSettings, type ConnectionSpec, withIterations } from '@im-bert/models';
import type { TrainingSpec } from '@im-bert/training';
import type { AttackEvaluation, EncoderSpec, Experiment } from '../experiment/schema.ts';
import type { EngineIdentity } from './engine.ts';

/** Raised by hand when training gives other weights for the same cell; nothing else of the code makes a model stale. */
export const trainingVersion = 1;

/** An encoder that there is. */
export type PresentEncoder = Exclude<EncoderSpec, { from: 'nowhere' }>;

/** What a trained model is measured on, and how. */
interface Evaluation extends Pick<Experiment['data'], 'clean'> {
  /** The solver's iterations, where they are not those of training. */
  readonly iterations?: number;
  readonly attack?: AttackEvaluation;
  /** Further sets; the digest of rows that are not loaded is empty. */
  readonly sets?: readonly { readonly name: string; readonly definition: string; readonly digest: string }[];
}

/** All that decides a cell's numbers: model, connection, objective, data, seed and evaluation, fully resolved. */
export interface CellSpec {
  readonly encoder: PresentEncoder;
  /** Hash of the bytes of the pretrained weights and tokenizer; empty where they are not here yet, none from scratch. */
  readonly pretrained?: string;
  /** What computes, where the connection amplifies the engine's rounding. */
  readonly engine?: EngineIdentity;
  /** `layers` are numbers here: a group is placed in the encoder. */
  readonly connection: ConnectionSpec;
  readonly training: TrainingSpec;
  readonly task: Task;
  readonly data: Pick<Experiment['data'], 'source' | 'train'>;
  readonly evaluation: Evaluation;
  readonly seed: number;
}

/** A cell at its place in a table. Its id does not depend on the place, so tables share cells. */
export interface PlacedCell {
  readonly id: string;
  /** Names the trained model, which cells that differ in evaluation alone share. */
  readonly model: string;
  readonly spec: CellSpec;
  /** The digest of the task's data. */
  readonly digest: string;
  readonly row: string;
  readonly task: Task;
  readonly seed: number;
}

/** Plain data as JSON holds it: without what is undefined. */
function asJson(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function settingsOf({ connection, encoder }: CellSpec): object {
  return connectionSettings(connection, encoder.layers);
}

/**
 * The specification as JSON, which is what is hashed, stored and compared.
 * @throws UserError if the connection names a layer that the encoder has not
 */
export function specJson(spec: CellSpec): Json {
  return asJson({ ...spec, connection: settingsOf(spec) });
}

/** What decides the trained model: the specification without its evaluation. */
export function modelJson(spec: CellSpec): Json {
  return asJson({ ...spec, connection: settingsOf(spec), evaluation: undefined });
}

/** 16 hex digits of the hash of what decides the trained model: its specification, its data's digest, the version. */
export function modelId(spec: CellSpec, digest: string): string {
  return contentHash({ spec: modelJson(spec), digest, trainingVersion }).slice(0, 16);
}

/** The cell's id: 16 hex digits of the hash of its model and its evaluation. */
export function cellId(spec: CellSpec, digest: string): string {
  return contentHash({ model: modelId(spec, digest), evaluation: asJson(spec.evaluation) }).slice(0, 16);
}

/** The connection with which the trained model is measured. */
export function scoredConnection({ connection, evaluation }: CellSpec): ConnectionSpec {
  return withIterations(connection, evaluation.iterations);
}
