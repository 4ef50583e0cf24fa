/** Axes as tfjs gives them (one, a list or none for all; negative from the end) as sorted positions. */
export function axesOf(axis: number | readonly number[] | null | undefined, rank: number): readonly number[] {
  if (axis === null || axis === undefined) return Array.from({ length: rank }, (_, index) => index);
  const list = typeof axis === 'number' ? [axis] : axis;
  return list.map((each) => axisOf(each, rank)).sort((a, b) => a - b);
}

/** One axis as a position: negative counts from the end. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
