import type { Texts } from '@im-bert/data';

/** Class probabilities of one input, [C]. */
export type Probabilities = ArrayLike<number>;

/**
 * What is attacked: class probabilities of single texts or pairs, one array an input. An input's answer must not depend
 * on what else is asked with it.
 */
export type Victim = (inputs: readonly Texts[]) => Promise<readonly Probabilities[]>;

/** A victim of single texts. */
export function textVictim(
  classify: (texts: readonly string[]) => Promise<readonly Probabilities[]>,
): Victim {
  return (inputs) => classify(inputs.map(([text]) => text));
}
