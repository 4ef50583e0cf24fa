import type * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Evaluations } from '../solvers/solver.ts';
import { detached, detachedSchema } from './detached.ts';
import type { GradientMode, Solve } from './gradient-mode.ts';
import { implicit, implicitSchema } from './implicit.ts';
import { phantom, phantomSchema } from './phantom.ts';
import { unrolled, unrolledSchema } from './unrolled.ts';

/** How training differentiates through a solve, told apart by `name`. */
export const gradientSchema = z.discriminatedUnion('name', [
  detachedSchema,
  unrolledSchema,
  phantomSchema,
  implicitSchema,
]);

export type GradientOptions = z.output<typeof gradientSchema>;
export type GradientName = GradientOptions['name'];

/** The modes by name: a new one is a file, an entry in the schema and a row here. */
const gradientModes: {
  readonly [Name in GradientName]: GradientMode<Extract<GradientOptions, { name: Name }>>;
} = {
  detached,
  unrolled,
  phantom,
  implicit,
};

// A name and its options belong together, which TypeScript follows through a generic but not through a union.
function modeOf<Name extends GradientName>(
  options: Extract<GradientOptions, { name: Name }>,
): GradientMode<Extract<GradientOptions, { name: Name }>> {
  return gradientModes[options.name];
}

/** The solve's value with the gradient of that mode. */
export function withGradient(options: GradientOptions, solve: Solve): tf.Tensor {
  return modeOf(options).value(solve, options);
}

/** What training adds to the cost of the start and the solve, in evaluations of the layer. */
export function trainingPasses(options: GradientOptions, solve: Evaluations): number {
  return modeOf(options).training(solve, options);
}

/** How many evaluations of a layer, the explicit start's included, the mode's backward pass reads the inside of. */
export function keptEvaluations(options: GradientOptions, solve: Evaluations): number {
  return modeOf(options).kept(solve, options);
}
