import { z } from 'zod';
import { creat, creatSchema } from './creat.ts';
import { freelb, freelbSchema } from './freelb.ts';
import { infobert, infobertSchema } from './infobert.ts';
import type { Objective } from './objective.ts';
import { r3f, r3fSchema } from './r3f.ts';
import { r4f, r4fSchema } from './r4f.ts';
import { smartCode, smartCodeSchema } from './smart-code.ts';
import { smartPaper, smartPaperSchema } from './smart-paper.ts';
import { standard, standardSchema } from './standard.ts';

/** The settings of every objective, told apart by `name`. */
export const objectiveSchema = z.discriminatedUnion('name', [
  standardSchema,
  freelbSchema,
  smartPaperSchema,
  smartCodeSchema,
  r3fSchema,
  r4fSchema,
  creatSchema,
  infobertSchema,
]);

/** One objective's settings with every default filled in. */
export type ObjectiveSpec = z.infer<typeof objectiveSchema>;
type ObjectiveName = ObjectiveSpec['name'];

type Maker<Name extends ObjectiveName> = (spec: Extract<ObjectiveSpec, { name: Name }>) => Objective;

/** Every objective: its settings give what training minimizes. A new one is a file, a schema and a row. */
const objectives: { readonly [Name in ObjectiveName]: Maker<Name> } = {
  standard,
  freelb,
  'smart-paper': smartPaper,
  'smart-code': smartCode,
  r3f,
  r4f,
  creat,
  infobert,
};

// A name and its settings belong together, which TypeScript follows through a generic but not through a union.
function makerOf<Name extends ObjectiveName>(spec: Extract<ObjectiveSpec, { name: Name }>): Maker<Name> {
  return objectives[spec.name];
}

/** The objective that the settings name. */
export function createObjective(spec: ObjectiveSpec): Objective {
  return makerOf(spec)(spec);
}
