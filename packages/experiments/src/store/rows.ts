import type { Json } from '@im-bert/core';
import type { StepRecord, ValidationRecord } from '@im-bert/training';
import { z } from 'zod';
import type { RowTable } from './row-table.ts';

/** How training a model stands. `interrupted` ones go on from their checkpoint. */
const modelStatus = z.enum(['running', 'done', 'failed', 'interrupted']);

/** A row of `models`; store/schema.ts says what the columns mean. */
export const modelRow = z.object({
  model: z.string(),
  status: modelStatus,
  error: z.string().nullable(),
  spec: z.string(),
  digest: z.string(),
  training_version: z.number(),
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
export type ModelRow = z.infer<typeof modelRow>;

/** A row of `measured`: one measurement of one version on one subject. */
export const measuredRow = z.object({
  subject: z.string(),
  measurement: z.string(),
  version: z.number(),
  model: z.string(),
  status: z.enum(['done', 'failed']),
  error: z.string().nullable(),
  finished: z.date(),
  seconds: z.number(),
  flops: z.number().nullable(),
  machine: z.string(),
  digest: z.string().nullable(),
});
export type MeasuredRow = z.infer<typeof measuredRow>;

/** A row of `slots`: the cell that stands at one place of one table. */
export const slotRow = z.object({
  experiment: z.string(),
  profile: z.string(),
  row_name: z.string(),
  task: z.string(),
  seed: z.number(),
  row_position: z.number(),
  task_position: z.number(),
  model: z.string(),
  spec: z.string(),
  digest: z.string(),
  training_version: z.number(),
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

/** A model's optimizer steps. */
export const stepsTable = {
  name: 'steps',
  key: 'model',
  row: z.object({
    step: z.int(),
    epoch: z.int(),
    loss: z.number().nullable(),
    learningRate: z.number(),
    gradientNorm: z.number().nullable(),
    skipped: z.boolean(),
  }),
} as const satisfies RowTable;

/** What validating a model after each epoch gave. */
export const validationsTable = {
  name: 'validations',
  key: 'model',
  row: z.object({
    epoch: z.int(),
    step: z.int(),
    loss: z.number().nullable(),
    accuracy: z.number(),
  }),
} as const satisfies RowTable;

/** What training a model found. */
export interface TrainingRecord {
  readonly steps: readonly Omit<StepRecord, 'residuals'>[];
  readonly validations: readonly ValidationRecord[];
  /** Single values, such as the number of parameters. */
  readonly facts: Readonly<Record<string, Json>>;
}
