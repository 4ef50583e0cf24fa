import { randomStream } from '@im-bert/core';

/**
 * Cuts a training split in two at random: the paper's 8:2 (section 4.1).
 *
 * @param share part that goes to validation, in (0, 1)
 * @throws RangeError if either part would be empty
 */
export function splitTrainValidation<Example>(
  examples: readonly Example[],
  share: number,
  seed: number,
): { train: Example[]; validation: Example[] } {
  const count = Math.round(examples.length * share);
  if (!(count > 0 && count < examples.length))
    throw new RangeError(
      `splitTrainValidation: expected a share that leaves examples on both sides, ` +
        `got ${String(share)} of ${String(examples.length)} examples.`,
    );
  const shuffled = randomStream(seed, 'train-validation-split').shuffle(examples);
  return { train: shuffled.slice(count), validation: shuffled.slice(0, count) };
}
