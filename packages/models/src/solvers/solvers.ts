import type * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { GradientName } from '../gradients/gradients.ts';
import { anderson, andersonSchema } from './anderson.ts';
import { gradientDescent, gradientDescentSchema } from './gradient-descent.ts';
import type { ImplicitEquation } from './implicit-equation.ts';
import { picard, picardSchema } from './picard.ts';
import type { Evaluations, Solution, Solver } from './solver.ts';

/** Options of any solver, told apart by `name`. */
export const solverSchema = z.discriminatedUnion('name', [
  gradientDescentSchema,
  picardSchema,
  andersonSchema,
]);

export type SolverOptions = z.output<typeof solverSchema>;
export type SolverName = SolverOptions['name'];

/** The solvers by name: a new one is a file, an entry in the schema and a row here. */
const solvers: { readonly [Name in SolverName]: Solver<Extract<SolverOptions, { name: Name }>> } = {
  'gradient-descent': gradientDescent,
  picard,
  anderson,
};

// A name and its options belong together, which TypeScript follows through a generic but not through a union.
function solverOf<Name extends SolverName>(
  options: Extract<SolverOptions, { name: Name }>,
): Solver<Extract<SolverOptions, { name: Name }>> {
  return solvers[options.name];
}

/** Solves the equation from the explicit start by the solver of that name. */
export function solve(options: SolverOptions, equation: ImplicitEquation, start: tf.Tensor): Solution {
  return solverOf(options).solve(equation, start, options);
}

/** What a solve costs beyond the explicit start. */
export function solverEvaluations(options: SolverOptions): Evaluations {
  return solverOf(options).evaluations(options);
}

/** Whether results depend on the order of sums, and so on the engine, by more than rounding. */
export function solverAmplifiesRounding(options: SolverOptions): boolean {
  return solverOf(options).amplifiesRounding;
}

/** How training differentiates through this solver where the connection does not say. */
export function defaultGradient(options: SolverOptions): GradientName {
  return solvers[options.name].gradient;
}
