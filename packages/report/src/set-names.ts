import type { DataSetKind } from './input.ts';
import type { Results } from './results.ts';

/** What the adversarial sets are called: never AdvGLUE when they are generated. */
export function adversarialName({ input }: Results): string {
  if (input.attack !== undefined) return `${input.attack.name}’s texts`;
  return advGlueName(input);
}

function advGlueName({ synthetic }: Results['input']): string {
  return synthetic ? 'synthetic twin' : 'AdvGLUE';
}

/** What a measurement's texts are called: its adversarial ones are AdvGLUE's, also beside an attack of the table's own. */
export function measuredSetName(results: Results, split: string): string {
  return split === 'adversarial' ? advGlueName(results.input) : setName(results, 'clean');
}

/** What a kind of test set is called. */
export function setName(results: Results, kind: DataSetKind): string {
  if (kind === 'adversarial') return adversarialName(results);
  if (kind === 'test') return 'AdvGLUE test';
  return results.input.synthetic ? 'synthetic clean' : 'clean';
}
