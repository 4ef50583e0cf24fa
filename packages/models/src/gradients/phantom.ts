import { stopGradient } from '@im-bert/jit';
import { z } from 'zod';
import { defectAt } from '../solvers/implicit-equation.ts';
import { iterate } from '../solvers/picard.ts';
import { maximumIterations } from '../solvers/solver.ts';
import type { GradientMode } from './gradient-mode.ts';

export const phantomSchema = z.strictObject({
  name: z.literal('phantom'),
  steps: z
    .int()
    .positive()
    .max(maximumIterations)
    .default(1)
    .describe('damped fixed-point steps after the solve'),
  damping: z.number().gt(0).max(1).default(0.5),
});

/**
 * A few damped fixed-point steps from the solver's result, and the gradient through these alone (Geng et al. 2021,
 * arXiv:2111.05177). The steps are part of the value too; with many of them the gradient nears the implicit one.
 */
export const phantom: GradientMode<z.output<typeof phantomSchema>> = {
  value: ({ equation, solution }, { steps, damping }) => {
    const iteration = solution.defects.length;
    const problem = {
      defectAt: (hidden: Parameters<typeof defectAt>[1]) => defectAt(equation, hidden, iteration),
    };
    return iterate(problem, stopGradient(solution.value), { iterations: steps, damping }).value;
  },
  kept: (_solve, { steps }) => 1 + steps,
  training: (_solve, { steps }) => 2 + 3 * steps,
};
