import type * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { backtracking, backtrackingSchema } from './backtracking.ts';
import { barzilaiBorwein, barzilaiBorweinSchema } from './barzilai-borwein.ts';
import { cauchy, cauchySchema } from './cauchy.ts';
import { fixed, fixedSchema } from './fixed.ts';
import type { Evaluations } from '../solver.ts';
import { spectral, spectralSchema } from './spectral.ts';
import type { Place, StepRule } from './step-rule.ts';

/** Options of any step rule, told apart by `name`. */
export const stepRuleSchema = z.discriminatedUnion('name', [
  fixedSchema,
  spectralSchema,
  barzilaiBorweinSchema,
  cauchySchema,
  backtrackingSchema,
]);

export type StepRuleOptions = z.output<typeof stepRuleSchema>;
type StepRuleName = StepRuleOptions['name'];

/** The step rules of gradient descent by name: a new one is a file, a line in the schema and a row here. */
const stepRules: { readonly [Name in StepRuleName]: StepRule<Extract<StepRuleOptions, { name: Name }>> } = {
  fixed,
  spectral,
  'barzilai-borwein': barzilaiBorwein,
  cauchy,
  backtracking,
};

// A name and its options belong together, which TypeScript follows through a generic but not through a union.
function ruleOf<Name extends StepRuleName>(
  options: Extract<StepRuleOptions, { name: Name }>,
): StepRule<Extract<StepRuleOptions, { name: Name }>> {
  return stepRules[options.name];
}

/** The step that the rule chooses: [B, 1, 1] or []. */
export function chooseStep(options: StepRuleOptions, place: Place): tf.Tensor {
  return ruleOf(options).choose(place, options);
}

/** What the rule adds to the cost of a solve. */
export function stepRuleEvaluations(options: StepRuleOptions, iterations: number): Evaluations {
  return ruleOf(options).evaluations(options, iterations);
}
