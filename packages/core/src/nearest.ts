/** Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours, one each. */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const replaced = (last[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      const shifted = Math.min(last[column] ?? 0, current[column - 1] ?? 0) + 1;
      const isSwap =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const swapped = isSwap ? (beforeLast[column - 2] ?? 0) + 1 : Infinity;
      current.push(Math.min(replaced, shifted, swapped));
    }
    [beforeLast, last] = [last, current];
  }
  return last[right.length] ?? 0;
}

/** Longer words are no slip of the hand, and would take long to compare. */
const longestWord = 200;

/**
 * The candidate closest to a misspelt word, whatever its case; undefined if none is close (more than a third of the
 * letters wrong).
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > longestWord) return undefined;
  const ranked = candidates
    .map((candidate) => ({
      candidate,
      room: Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3)),
    }))
    .filter(({ candidate, room }) => Math.abs(word.length - candidate.length) <= room)
    .map(({ candidate, room }) => ({
      ...{ candidate, room },
      distance: editDistance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .filter(({ distance, room }) => distance <= room)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}
