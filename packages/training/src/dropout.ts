import type { DropoutSource } from '@im-bert/models';
import { bernoulliMask } from '@im-bert/core';

/**
 * Keep-masks that depend on the seed, the step, the pass and the site alone, so that a resumed run draws the same
 * ones and a recomputing backward pass sees those of its forward pass.
 *
 * @param step from 0
 * @param pass forward pass within the step, from 0
 */
export function seededDropout(seed: number, step: number, pass: number): DropoutSource {
  return {
    mask: (site, count, keepProbability) =>
      bernoulliMask(seed, `dropout/${String(pass)}/${site}`, step, count, keepProbability),
  };
}
