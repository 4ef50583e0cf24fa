import type { Results } from './results.ts';

/** What the adversarial sets are called: never AdvGLUE when they are generated. */
export function adversarialName({ input }: Results): string {
  return input.synthetic ? 'synthetic twin' : 'AdvGLUE';
}

/** What the ordinary test sets are called. */
export function cleanName({ input }: Results): string {
  return input.synthetic ? 'synthetic clean' : 'clean';
}
