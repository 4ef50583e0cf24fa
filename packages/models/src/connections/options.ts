import { z } from 'zod';
import { gradientSchema, type GradientOptions } from '../gradients/gradients.ts';
import { defaultGradient, solverSchema } from '../solvers/solvers.ts';
import { layersSchema } from './layers.ts';

/** Options of a connection that not every layer needs to have. */
export const placeOptions = {
  layers: layersSchema
    .default('all')
    .describe('layers, counted from 1 as in the paper: all, 4-6, or [1, 2, 3]; the others are monotone'),
};

/** Options of a step along phi. */
export const stepOptions = {
  eulerStep: z.number().positive().default(1).describe('gamma of Eq. 5 and 6'),
  phi: z
    .enum(['layer', 'minus-identity'])
    .default('layer')
    .describe('what phi is: the whole encoder layer (section 3.4), or what it adds to its input'),
};

/** Options of a connection that solves an equation; one that has them is taken to solve one. */
export const solveOptions = {
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
};

export type StepOptions = z.output<z.ZodObject<typeof stepOptions>>;
export type SolveOptions = z.output<z.ZodObject<typeof solveOptions>>;

/** How training differentiates through a solve. */
export function gradientOf({ gradient, solver }: Pick<SolveOptions, 'solver' | 'gradient'>): GradientOptions {
  return gradient ?? gradientSchema.parse({ name: defaultGradient(solver) });
}
