import type { FloatTensor } from '@im-bert/core';
import type { Residual } from './residual.ts';

/** What became of one example's solve. A failure of numerics is a value like this, never an error. */
export interface Convergence {
  /** Relative residual of the last state. */
  readonly last: number;
  /** Whether that is at most the tolerance. */
  readonly converged: boolean;
  /** Whether it is larger than the explicit start's, or no number. */
  readonly diverged: boolean;
  /** The first state within the tolerance, 0 being the explicit start; null if none is. */
  readonly reachedAt: number | null;
}

/**
 * Reads a layer's residuals, example by example.
 * @param residual relative residuals [T + 1, B]
 * @param tolerance relative residual that counts as solved; 0.05 is the rule of thumb of the implicit-layer literature
 */
export function convergenceOf(
  { relative }: Pick<Residual<FloatTensor>, 'relative'>,
  tolerance = 0.05,
): readonly Convergence[] {
  const [states = 0, batch = 0] = relative.shape;
  return Array.from({ length: batch }, (_, example) => {
    const path = Array.from(
      { length: states },
      (_state, state) => relative.data[state * batch + example] ?? NaN,
    );
    const [first = NaN, last = NaN] = [path[0], path.at(-1)];
    const reachedAt = path.findIndex((value) => value <= tolerance);
    return {
      last,
      converged: last <= tolerance,
      diverged: !(last <= first),
      reachedAt: reachedAt === -1 ? null : reachedAt,
    };
  });
}
