import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defectAt, type Defect, type RootProblem } from './implicit-equation.ts';
import { maximumIterations, type Solution, type Solver } from './solver.ts';

export const picardSchema = z.strictObject({
  name: z.literal('picard'),
  iterations: z.int().min(0).max(maximumIterations).default(5),
  damping: z.number().gt(0).max(1).default(0.5).describe('share of the way to previous + eulerStep·phi(h)'),
});

export type PicardOptions = z.output<typeof picardSchema>;

/** Damped fixed-point iteration, h <- h - damping·r(h). No derivative of phi, so half the price of a descent step. */
export const picard: Solver<PicardOptions> = {
  summary: 'Damped fixed-point iteration.',
  gradient: 'unrolled',
  amplifiesRounding: false,
  evaluations: ({ iterations }) => ({ phi: iterations, products: 0 }),
  solve: (equation, start, options) =>
    iterate({ defectAt: (hidden, iteration) => defectAt(equation, hidden, iteration) }, start, options),
};

/** The iteration itself, for any root problem. */
export function iterate(
  problem: RootProblem,
  start: tf.Tensor,
  { iterations, damping }: Omit<PicardOptions, 'name'>,
): Solution {
  const defects: Defect[] = [];
  let hidden = start;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const defect = problem.defectAt(hidden, iteration);
    hidden = tf.sub(hidden, tf.mul(defect.residual, damping));
    defects.push(defect);
  }
  return { value: hidden, defects };
}
