import { UserError } from '@im-bert/core';
import { z } from 'zod';
import { gradientSchema, type GradientOptions } from '../gradients/gradients.ts';
import { defaultGradient, solverSchema } from '../solvers/solvers.ts';

/** How one layer's state becomes the next one's. */
export const connectionKinds = ['monotone', 'explicit', 'implicit'] as const;
export type ConnectionKind = (typeof connectionKinds)[number];

type Range = readonly [first: number, last: number];

/** First and last layer of each range in text such as `1-3, 7`. */
function rangesOf(text: string): readonly Range[] {
  return text.split(',').map((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return [first, last];
  });
}

/** The connections of a model: which layers, of which kind, solved and differentiated how. Unknown keys are errors. */
export const connectionSchema = z.strictObject({
  kind: z.enum(connectionKinds).default('monotone').describe('how the chosen layers are connected'),
  layers: z
    .union([
      z
        .string()
        .regex(/^all$|^\d+(-\d+)?(, ?\d+(-\d+)?)*$/, 'all, a range such as 4-6, or a list of layers from 1')
        .refine((text) => text === 'all' || rangesOf(text).every(([first, last]) => first <= last), {
          message: 'ranges that ascend, such as 4-6',
        }),
      z.array(z.int().positive()).min(1),
    ])
    .default('all')
    .describe('layers, counted from 1 as in the paper: all, 4-6, or [1, 2, 3]'),
  elsewhere: z
    .enum(['monotone', 'explicit'])
    .default('monotone')
    .describe('how the other layers are connected'),
  eulerStep: z.number().positive().default(1).describe('gamma of Eq. 5 and 6'),
  theta: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe(
      "an implicit layer's share of phi at the new state, the rest at the old one: 1 is implicit Euler, 0.5 the trapezoidal rule",
    ),
  phi: z
    .enum(['layer', 'minus-identity'])
    .default('layer')
    .describe('what phi is: the whole encoder layer (section 3.4), or what it adds to its input'),
  dropout: z
    .enum(['shared', 'fresh', 'off'])
    .default('shared')
    .describe(
      "masks within an implicit layer's solve: those of its explicit start, new ones each iteration, or none",
    ),
  maskResidual: z
    .boolean()
    .default(true)
    .describe(
      'leave padding out of the residual; false is Algorithm 1 as printed, whose result depends on padding',
    ),
  solver: solverSchema.default(() => solverSchema.parse({ name: 'gradient-descent' })),
  gradient: gradientSchema
    .optional()
    .describe("how training differentiates through the solve; default: the solver's"),
});

export type ConnectionSpec = z.output<typeof connectionSchema>;

/** Every layer connected as in BERT: h_t = phi_t(h_{t-1}), Eq. 1. */
export const monotoneConnection: ConnectionSpec = connectionSchema.parse({});

/** How training differentiates through the connection's solver. */
export function gradientOf({ gradient, solver }: ConnectionSpec): GradientOptions {
  return gradient ?? gradientSchema.parse({ name: defaultGradient(solver) });
}

/**
 * The kind of each layer, first layer first.
 * @param depth number of layers
 * @throws UserError if the specification names a layer that does not exist
 */
export function layerKinds(
  { kind, layers, elsewhere }: ConnectionSpec,
  depth: number,
): readonly ConnectionKind[] {
  const ranges = chosenRanges(layers, depth);
  const outside = ranges.flat().find((layer) => layer < 1 || layer > depth);
  if (outside !== undefined)
    throw new UserError({
      where: 'connection.layers',
      expected: `layers from 1 to ${depth}`,
      got: `${typeof layers === 'string' ? layers : layers.join(', ')}, which names layer ${outside}`,
    });
  return Array.from({ length: depth }, (_, index) =>
    ranges.some(([first, last]) => first <= index + 1 && index + 1 <= last) ? kind : elsewhere,
  );
}

function chosenRanges(layers: ConnectionSpec['layers'], depth: number): readonly Range[] {
  if (typeof layers !== 'string') return layers.map((layer) => [layer, layer]);
  return layers === 'all' ? [[1, depth]] : rangesOf(layers);
}
