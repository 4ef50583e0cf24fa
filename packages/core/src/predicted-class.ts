import { UserError } from './errors.ts';

/**
 * The class of the largest score; the first of equals.
 * @param scores of each class, such as a row of logits
 * @throws UserError if a score is no finite number: NaN is larger than nothing, so any class would be made up
 */
export function predictedClass(scores: Float32Array | readonly number[]): number {
  let best = 0;
  scores.forEach((score, label) => {
    if (!Number.isFinite(score))
      throw new UserError({
        where: `class score ${label}`,
        expected: 'a finite number',
        got: String(score),
        remedy: 'The model diverged: train it with a smaller learning rate, Euler step or descent step.',
      });
    if (score > (scores[best] ?? -Infinity)) best = label;
  });
  return best;
}
