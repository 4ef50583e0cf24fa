import { advGlueTasks } from '@im-bert/core';
import { connectionSchema } from '@im-bert/models';
import { trainingSchema } from '@im-bert/training';
import { z } from 'zod';
import { layerGroupPattern } from './layer-group.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const shape = {
  layers: z.int().positive().describe('Depth.'),
  width: z.int().positive().describe('Size of the hidden state of a token.'),
};

/** Where an encoder's weights come from. */
const encoderSchema = z
  .discriminatedUnion('from', [
    z.strictObject({
      from: z.literal('hub'),
      model: z
        .string()
        .regex(/^[\w.-]+\/[\w.-]+$/)
        .describe("The model's name on the hub, such as google-bert/bert-base-uncased."),
      ...shape,
      intermediate: z
        .int()
        .positive()
        .optional()
        .describe('Size of the feed-forward layer; 4 times the width by default.'),
    }),
    z.strictObject({
      from: z.literal('scratch'),
      family: z.enum(['bert', 'roberta']),
      ...shape,
      heads: z.int().positive().describe('Attention heads; divides the width.'),
      intermediate: z
        .int()
        .positive()
        .optional()
        .describe('Size of the feed-forward layer; 4 times the width by default.'),
      dropout: z.number().min(0).lt(1).default(0.1).describe('Share of activations dropped in training.'),
    }),
    z.strictObject({
      from: z.literal('nowhere'),
      reason: z
        .string()
        .describe('Why there is none in this profile; rows with it are left out and the report says so.'),
    }),
  ])
  .describe('An encoder: pretrained weights from the hub, or random ones of a given shape.');

/** Which examples a cell is trained and scored on. */
const dataSchema = z.strictObject({
  source: z
    .enum(['hub', 'embedded'])
    .default('hub')
    .describe('Real data from the hub, or the synthetic corpora that come with the package.'),
  train: z
    .union([z.literal('all'), z.int().positive()])
    .default('all')
    .describe(
      'Examples to train on, those that choose the best epoch included; the same ones for every row of a seed.',
    ),
  clean: z
    .union([z.literal('all'), z.int().positive()])
    .default('all')
    .describe('At most so many held-out examples for the clean score; the same ones for every row and seed.'),
});

/** Names a row of the paper, such as `{ table: table1, block: dev, row: BERT }`. */
const paperReference = z.strictObject({
  table: z.enum(['table1', 'table2']),
  block: z.string().describe('Part of the table: dev or test of table1, n1000 or n500 of table2.'),
  row: z.string(),
});

const trainingInput = trainingSchema.prefault({});

const rowSchema = z.strictObject({
  encoder: z.string().describe('One of `encoders`.'),
  connection: connectionSchema.describe('How the layers are joined.'),
  layerGroup: z
    .string()
    .regex(layerGroupPattern)
    .optional()
    .describe(
      'Implicit layers as a group such as "5-8 of 12", scaled to the depth of the encoder; sets connection.layers.',
    ),
  training: trainingSchema.optional().describe("What differs from the experiment's `training` in this row."),
  paper: paperReference.optional().describe("The paper's row of the same model; none for a row of our own."),
  group: z.string().optional().describe('Heading under which the row stands.'),
  note: z.string().optional().describe("How the row differs from the paper's, in a few words."),
  grid: z
    .record(z.string(), z.array(scalar).min(1))
    .optional()
    .describe('Dotted paths of the row, each with the values it takes: one row for each combination.'),
  omit: z.string().optional().describe('Why the row is left out of this profile.'),
});

/** A table or ablation, resolved for one profile: what `im-bert run` executes. */
export const experimentSchema = z.strictObject({
  title: z.string(),
  baseline: z.string().optional().describe('The row that the others are compared with.'),
  published: z.array(paperReference).default([]).describe("The paper's rows that are shown but not run."),
  notes: z.array(z.string()).default([]).describe('Sentences for the report: choices and their reasons.'),
  tasks: z.array(z.enum(advGlueTasks)).min(1),
  seeds: z
    .union([z.int().positive(), z.array(z.int().nonnegative()).min(1)])
    .default([1, 2, 3])
    .describe('How many seeds (1, 2, ...), or which.'),
  encoders: z.record(z.string(), encoderSchema),
  data: dataSchema.prefault({}),
  training: trainingInput,
  taskTraining: z
    .partialRecord(z.enum(advGlueTasks), trainingSchema)
    .default({})
    .describe("What differs from the experiment's `training` on a task, such as its maxLength."),
  rows: z.record(z.string(), rowSchema),
});
export type Experiment = z.output<typeof experimentSchema>;
export type EncoderSpec = z.output<typeof encoderSchema>;
export type RowSpec = z.output<typeof rowSchema>;

const overlaySchema = experimentSchema.partial().extend({
  rows: z.record(z.string(), rowSchema.partial()).optional(),
});

/** What a YAML file may hold: an experiment's parts, a file to start from, and profiles laid over the whole. */
export const experimentFileSchema = overlaySchema.extend({
  extends: z.string().optional().describe('A file beside this one that it starts from.'),
  profiles: z
    .record(z.string(), overlaySchema)
    .optional()
    .describe('What differs in a profile: quick, small and paper by custom.'),
});
