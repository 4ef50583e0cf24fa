import { z } from 'zod';
import type { Attack } from '../engine/attack.ts';
import { checkList, checkListSchema } from './checklist.ts';
import { deepWordBug, deepWordBugSchema } from './deepwordbug.ts';
import { pwws, pwwsSchema } from './pwws.ts';
import type { AttackResources } from './recipe.ts';
import { stressTest, stressTestSchema } from './stresstest.ts';
import { textBugger, textBuggerSchema } from './textbugger.ts';
import { textFooler, textFoolerSchema } from './textfooler.ts';

/** Any recipe with its settings. */
export const attackSchema = z.discriminatedUnion('name', [
  textFoolerSchema,
  deepWordBugSchema,
  textBuggerSchema,
  pwwsSchema,
  checkListSchema,
  stressTestSchema,
]);

/** A recipe with every default filled in. */
export type AttackSpec = z.output<typeof attackSchema>;
export type RecipeName = AttackSpec['name'];

interface Recipe<Spec> {
  /** What it asks of the caller; `encoder` goes to `runAttacks`. */
  readonly needs: readonly (keyof AttackResources | 'encoder')[];
  readonly create: (spec: Spec, resources: AttackResources) => Attack;
}

/** The recipes by name. */
export const recipes = {
  textfooler: { needs: ['vectors', 'tag', 'encoder'], create: textFooler },
  deepwordbug: { needs: [], create: deepWordBug },
  textbugger: { needs: ['vectors', 'encoder'], create: textBugger },
  pwws: { needs: ['synonyms'], create: pwws },
  checklist: { needs: [], create: checkList },
  stresstest: { needs: [], create: stressTest },
} as const satisfies { readonly [Name in RecipeName]: Recipe<Extract<AttackSpec, { name: Name }>> };

/** Makes a recipe ready to run. @throws UserError if it lacks a resource */
export function createAttack(spec: AttackSpec, resources: AttackResources = {}): Attack {
  const { create } = recipes[spec.name] as Recipe<AttackSpec>;
  return create(spec, resources);
}
