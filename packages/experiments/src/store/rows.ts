import type { Json } from '@im-bert/core';
import type { StepRecord, ValidationRecord } from '@im-bert/training';
import { z } from 'zod';

/** How a run stands. `interrupted` runs go on from their checkpoint. */
const runStatus = z.enum(['running', 'done', 'failed', 'interrupted']);

/** A row of `runs`; store/schema.ts says what the columns mean. */
export const runRow = z.object({
  cell: z.string(),
  status: runStatus,
  error: z.string().nullable(),
  spec: z.string(),
  digest: z.string(),
  stage_version: z.number(),
  seed: z.number(),
  started: z.date(),
  finished: z.date().nullable(),
  seconds: z.number().nullable(),
  steps: z.number().nullable(),
  flops: z.number().nullable(),
  facts: z.string().nullable(),
  versions: z.string(),
  commit_id: z.string().nullable(),
  machine: z.string(),
});
export type RunRow = z.infer<typeof runRow>;

/** A row of `slots`: the cell that stands at one place of one table. */
export const slotRow = z.object({
  experiment: z.string(),
  profile: z.string(),
  row_name: z.string(),
  task: z.string(),
  seed: z.number(),
  row_position: z.number(),
  task_position: z.number(),
  cell: z.string(),
});
export type SlotRow = z.infer<typeof slotRow>;

/** A row of `invocations`: one `im-bert run` and its options. */
export const invocationRow = z.object({
  experiment: z.string(),
  profile: z.string(),
  options: z.string(),
  outcome: z.string().nullable(),
});
export type InvocationRow = z.infer<typeof invocationRow>;

/**
 * Which texts a model was scored on: held-out clean ones, AdvGLUE's dev set, the originals of those of its texts that have
 * one (under the same ids), AdvGLUE's test set, or those an attack on it made.
 */
export const splits = ['clean', 'adversarial', 'original', 'test', 'attacked'] as const;
export type Split = (typeof splits)[number];

/** One example's prediction. */
export interface Prediction {
  readonly split: Split;
  readonly example: string;
  readonly label: number;
  readonly predicted: number;
  /** One number a class. */
  readonly logits: readonly number[];
  readonly level?: string | undefined;
  readonly method?: string | undefined;
}

/** A layer's relative residual ||r|| / ||phi|| at one point of its solve, averaged over a split's examples. */
export interface SplitResidual {
  readonly split: Split;
  /** Counted from 1. */
  readonly layer: number;
  /** 0 for the starting point. */
  readonly iteration: number;
  /** NaN if it was not finite for some example. */
  readonly relative: number;
  readonly examples: number;
}

/** How far the attacks moved a layer's state at the first position, averaged over examples. */
export interface LayerDrift {
  /** 0 for the embeddings' output. */
  readonly layer: number;
  /** ||h' - h|| / ||h||, h of the original text. */
  readonly relative: number;
  readonly examples: number;
}

/** The spectral radius of the Jacobian of a layer's phi where the layer evaluates it, averaged over clean examples. */
export interface LayerSpectrum {
  /** Counted from 1. */
  readonly layer: number;
  /** NaN if it was not finite for some example. */
  readonly radius: number;
  readonly examples: number;
}

/** What an attack on the cell's own model did to one text. */
export interface AttackedText {
  readonly example: string;
  /** The recipe, such as `textfooler-original`. */
  readonly attack: string;
  /** `skipped`: the model was wrong before; `failed`: it stayed right. */
  readonly status: 'success' | 'failed' | 'skipped';
  /** Those that the cache answered included. */
  readonly queries: number;
  readonly cacheHits: number;
  readonly changedWords: number;
  readonly words: number;
  readonly original: string;
  readonly perturbed: string;
}

/** All that a finished cell found. */
export interface Finding {
  readonly steps: readonly StepRecord[];
  readonly validations: readonly ValidationRecord[];
  readonly predictions: readonly Prediction[];
  readonly residuals: readonly SplitResidual[];
  readonly drift: readonly LayerDrift[];
  readonly spectra: readonly LayerSpectrum[];
  /** Empty for a cell without an attack. */
  readonly attacked: readonly AttackedText[];
  /** Single values, such as the number of parameters. */
  readonly facts: Readonly<Record<string, Json>>;
}
