import type { Constraint } from '../engine/attack.ts';

/** Levenshtein distance in UTF-16 units. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}

/**
 * At most so many edits from the original, summed over words: equal to the texts' distance, or above it in rare texts
 * whose edits meet across a gap; linear in the text's length where the texts' own is quadratic.
 */
export function withinEdits(limit: number): Constraint {
  return ({ original, current, index }, candidates) => {
    const elsewhere = original.words.reduce(
      (sum, word, at) =>
        at === index || word === current.words[at] ? sum : sum + editDistance(word, current.words[at] ?? ''),
      0,
    );
    const word = original.words[index] ?? '';
    return Promise.resolve(
      candidates.map((other) => ({ passes: elsewhere + editDistance(word, other) <= limit })),
    );
  };
}
