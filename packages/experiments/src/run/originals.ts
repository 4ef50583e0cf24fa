import type { Example } from '@im-bert/data';

/** The adversarial examples whose text before the attack is known, under the same ids with that text. */
export function originalsOf(adversarial: readonly Example[]): Example[] {
  return adversarial.flatMap((example) =>
    example.original === undefined ? [] : [{ ...example, texts: example.original }],
  );
}
