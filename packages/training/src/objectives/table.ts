import { z } from 'zod';
import type { Objective } from './objective.ts';
import { standard, standardSchema } from './standard.ts';

/** The settings of every objective, told apart by `name`. */
export const objectiveSchema = z.discriminatedUnion('name', [standardSchema]);

/** One objective's settings with every default filled in. */
export type ObjectiveSpec = z.infer<typeof objectiveSchema>;

/** Every objective: its settings give what training minimizes. A new one is a file, a schema and a row. */
const objectives = { standard } satisfies {
  [Name in ObjectiveSpec['name']]: (spec: Extract<ObjectiveSpec, { name: Name }>) => Objective;
};

/** The objective that the settings name. */
export function createObjective(spec: ObjectiveSpec): Objective {
  return objectives[spec.name]();
}
