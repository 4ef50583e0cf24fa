import { attackSchema } from '@im-bert/attacks';
import { advGlueTasks } from '@im-bert/core';
import type { Task } from '@im-bert/data';
import { connectionSchema, familyNames } from '@im-bert/models';
import type { LayoutName } from '@im-bert/report';
import { trainingSchema } from '@im-bert/training';
import { z } from 'zod';
import { layerGroupPattern } from './layer-group.ts';
import { maximumLayers, maximumSeeds, maximumText, maximumWeights, maximumWidth } from './limits.ts';
import { overlay } from './overlay.ts';

const taskNames = [...advGlueTasks, 'imdb'] as const satisfies readonly Task[];
const layouts = [
  'tasks',
  'levels',
  'level-averages',
  'attack',
  'cost',
  'solvers',
] as const satisfies readonly LayoutName[];

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const shape = {
  layers: z.int().positive().max(maximumLayers).describe('Depth.'),
  width: z.int().positive().max(maximumWidth).describe('Size of the hidden state of a token.'),
  intermediate: z
    .int()
    .positive()
    .max(maximumWidth)
    .optional()
    .describe('Size of the feed-forward layer; 4 times the width by default.'),
};

/** The weights of an encoder's layers, about. */
function layerWeights({
  layers,
  width,
  intermediate = 4 * width,
}: z.output<z.ZodObject<typeof shape>>): number {
  return layers * width * (4 * width + 2 * intermediate);
}

/** Where an encoder's weights come from. */
const encoderSchema = z
  .discriminatedUnion('from', [
    z.strictObject({
      from: z.literal('hub'),
      model: z
        .string()
        .regex(/^[\w.-]+\/[\w.-]+$/)
        .describe("The model's name on the hub, such as google-bert/bert-base-uncased."),
      family: z
        .enum(familyNames)
        .optional()
        .describe("The model_type of the model's config.json; bert by default."),
      ...shape,
    }),
    z.strictObject({
      from: z.literal('scratch'),
      family: z.enum(familyNames),
      ...shape,
      heads: z.int().positive().describe('Attention heads; divides the width.'),
      dropout: z.number().min(0).lt(1).default(0.1).describe('Share of activations dropped in training.'),
    }),
    z.strictObject({
      from: z.literal('nowhere'),
      reason: z
        .string()
        .describe('Why there is none in this profile; rows with it are left out and the report says so.'),
    }),
  ])
  .superRefine((encoder, context) => {
    if (encoder.from === 'nowhere') return;
    if (layerWeights(encoder) > maximumWeights)
      context.addIssue({
        code: 'custom',
        path: ['width'],
        input: encoder.width,
        message: `at most ${maximumWeights / 1e9} billion weights in all layers`,
      });
    if (encoder.from === 'scratch' && encoder.width % encoder.heads !== 0)
      context.addIssue({
        code: 'custom',
        path: ['heads'],
        input: encoder.heads,
        message: `a divisor of the width, ${encoder.width}`,
      });
  })
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
  table: z.enum(['table1', 'table2', 'table3', 'table4', 'table5', 'table6']),
  block: z
    .string()
    .optional()
    .describe('Part of the table: dev or test of table1, n1000 or n500 of table2; the others have none.'),
  row: z.string().describe('A column in tables 4 and 5, which have models as columns.'),
});

/** Counter-fitted word vectors in the hub's folder. */
export const hubVectors = 'vectors/counter-fitted-glove-100d.txt.gz';
/** On the hub; stands in for the Universal Sentence Encoder. */
export const sentenceModel = 'sentence-transformers/all-MiniLM-L6-v2';

/** An attack on the trained models. */
const attackEvaluation = z.strictObject({
  recipe: attackSchema.describe('What attacks, and its settings.'),
  examples: z
    .int()
    .positive()
    .default(100)
    .describe('Held-out examples that are attacked; the same ones for every row and seed.'),
  words: z
    .int()
    .positive()
    .optional()
    .describe(
      'Texts are cut to so many words before the attack, so that no query is spent on words beyond maxLength.',
    ),
  vectors: z
    .string()
    .default(hubVectors)
    .describe(
      "Counter-fitted word vectors, in the hub's folder; their cosines set recipe.minimumWordCosine.",
    ),
  sentenceModel: z
    .string()
    .default(sentenceModel)
    .describe('On the hub; stands in for the Universal Sentence Encoder where a recipe measures similarity.'),
  queryBudget: z.int().positive().optional().describe('Most queries an example; none by default.'),
});

/** Comparisons that are judged together. */
const comparisonFamily = z.strictObject({
  name: z.string().describe('What the family is called in reports; tables of the same name form one.'),
  size: z
    .int()
    .positive()
    .optional()
    .describe(
      "Comparisons with baselines that are planned in all tables of the family together; this table's own by default. " +
        'Raise it before adding a table to the family.',
    ),
});

function allDiffer(items: readonly unknown[]): boolean {
  return new Set(items).size === items.length;
}

const trainingInput = trainingSchema.prefault({});

const rowSchema = z.strictObject({
  encoder: z.string().describe('One of `encoders`.'),
  connection: connectionSchema.describe('How the layers are joined.'),
  layerGroup: z
    .string()
    .regex(layerGroupPattern)
    .optional()
    .describe(
      'The connection\'s layers as a group such as "5-8 of 12", scaled to the depth of the encoder; sets connection.layers.',
    ),
  data: z
    .strictObject({ train: dataSchema.shape.train.unwrap() })
    .optional()
    .describe("What differs from the experiment's `data` in this row."),
  evaluate: z
    .strictObject({
      iterations: z
        .int()
        .min(0)
        .describe("The solver's iterations (T) when the trained model is scored; as trained by default."),
    })
    .optional()
    .describe('What differs from training when the trained model is scored.'),
  training: trainingSchema.optional().describe("What differs from the experiment's `training` in this row."),
  paper: paperReference.optional().describe("The paper's row of the same model; none for a row of our own."),
  paperTest: paperReference.optional().describe("The paper's row of the same model on AdvGLUE's test set."),
  baseline: z
    .string()
    .optional()
    .describe("The row that this one is compared with, where it is not the experiment's baseline."),
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
  title: z.string().max(maximumText),
  layout: z
    .enum(layouts)
    .default('tasks')
    .describe('How the main table is laid out; one file of the report each.'),
  baseline: z.string().optional().describe('The row that the others are compared with.'),
  comparisons: comparisonFamily
    .optional()
    .describe(
      'The family of comparisons over which p values are adjusted, so that a cell has one verdict in all tables; the ' +
        "table's own comparisons by default.",
    ),
  cleanMargin: z
    .number()
    .positive()
    .default(1)
    .describe(
      'In points: clean accuracies that differ by less are as good as the same (two one-sided tests).',
    ),
  published: z.array(paperReference).default([]).describe("The paper's rows that are shown but not run."),
  notes: z
    .array(z.string())
    .default([])
    .describe(
      'Sentences for the report: choices and their reasons; those of a file are added to those of the file that it extends.',
    ),
  tasks: z.array(z.enum(taskNames)).min(1).refine(allDiffer, 'every task once'),
  seeds: z
    .union([
      z.int().positive().max(maximumSeeds),
      z.array(z.int().nonnegative()).min(1).max(maximumSeeds).refine(allDiffer, 'every seed once'),
    ])
    .default([1, 2, 3])
    .describe('How many seeds (1, 2, ...), or which.'),
  sets: z
    .array(z.string())
    .default([])
    .describe(
      'Further sets that every model is scored on: names of those that come with the data package, such as cad-imdb, or ' +
        '.yaml files of your own.',
    ),
  encoders: z.record(z.string(), encoderSchema),
  data: dataSchema.prefault({}),
  attack: attackEvaluation
    .optional()
    .describe('An attack on every trained model; its texts then are the adversarial ones.'),
  training: trainingInput,
  taskTraining: z
    .partialRecord(z.enum(taskNames), trainingSchema)
    .default({})
    .describe("What differs from the experiment's `training` on a task, such as its maxLength."),
  rows: z.record(z.string(), rowSchema),
});
export type Experiment = z.output<typeof experimentSchema>;
export type EncoderSpec = z.output<typeof encoderSchema>;
export type AttackEvaluation = z.output<typeof attackEvaluation>;
export type RowSpec = z.output<typeof rowSchema>;

const overlaySchema = overlay(experimentSchema);

/** What a YAML file may hold: an experiment's parts, a file to start from, and profiles laid over the whole. */
export const experimentFileSchema = overlaySchema.extend({
  extends: z
    .string()
    .optional()
    .describe(
      "A .yaml file beside this one that it starts from, or one of the package's own by name, such as base/advglue.",
    ),
  profiles: z
    .record(z.string(), overlaySchema)
    .optional()
    .describe('What differs in a profile: quick, small and paper by custom.'),
});
