import { euclideanNorm, type FloatTensor, floatTensor } from '@im-bert/core';
import type { LabelledInputs } from '@im-bert/models';

// Which tokens InfoBERT's terms are about.

/** Shares of an example's tokens, ranked by their gradients' norms. */
interface Ranks {
  readonly lowestRank: number;
  readonly highestRank: number;
}

/** First rank that is kept of so many tokens, and the first after those. */
export function keptRanks(
  { lowestRank, highestRank }: Ranks,
  count: number,
): readonly [from: number, to: number] {
  return [Math.ceil(count * lowestRank), Math.ceil(count * highestRank)];
}

/** A random token of the batch for each token, by its place among the B·L, and each token's share; 0 for padding and fillers. */
export function partnersOf(
  { mask }: LabelledInputs,
  counts: readonly number[],
  integer: (bound: number) => number,
): { readonly partners: FloatTensor; readonly shares: FloatTensor } {
  const length = mask.shape[1] ?? 0;
  const places = counts.flatMap((count, row) =>
    Array.from({ length: count }, (_, token) => row * length + token),
  );
  const [partners, shares] = [new Float32Array(mask.data.length), new Float32Array(mask.data.length)];
  for (const place of places) {
    partners[place] = places[integer(places.length)] ?? 0;
    shares[place] = 1 / places.length;
  }
  return { partners: floatTensor(partners, mask.shape), shares: floatTensor(shares, mask.shape) };
}

/** Places among the B·L of the tokens whose gradients' norms have the kept ranks, row by row, by rank. */
export function anchoredTokens(
  ranks: Ranks,
  counts: readonly number[],
  { data, shape }: FloatTensor,
): readonly number[] {
  const [, length = 0, width = 0] = shape;
  const norm = (place: number): number => euclideanNorm(data.subarray(place * width, (place + 1) * width));
  return counts.flatMap((count, row) =>
    Array.from({ length: count }, (_, token) => row * length + token)
      .map((place) => ({ place, norm: norm(place) }))
      .sort((a, b) => a.norm - b.norm)
      .slice(...keptRanks(ranks, count))
      .map(({ place }) => place),
  );
}
