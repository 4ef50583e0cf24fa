import type { FloatTensor } from '@im-bert/core';
import { broken } from './safetensors-header.ts';

/** Largest magnitude of a weight that is believed: those of real encoders stay below 100. */
const largestWeight = 10_000;

/** Refuses weights that no training leaves: NaN, infinite, or huge, as a flipped bit of an exponent makes them. @throws UserError */
export function refuseUnlikelyValues(where: string, { data }: FloatTensor): void {
  // NaN fails every comparison.
  const at = data.findIndex((value) => !(Math.abs(value) <= largestWeight));
  if (at === -1) return;
  throw broken(where, `finite weights of at most ${largestWeight}`, `${data[at]} at place ${at}`);
}
