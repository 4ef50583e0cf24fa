import { euclideanNorm } from '@im-bert/core';

/** A word near another, and their cosine. */
export interface Neighbour {
  readonly word: string;
  readonly cosine: number;
}

/** Word vectors of unit length. */
export interface WordVectors {
  readonly words: readonly string[];
  /** The nearest other words, nearest first, of at least that cosine; none for an unknown word. */
  nearest(word: string, count: number, minimumCosine: number): readonly Neighbour[];
}

/** Words whose nearest are found at one go through the table, and remembered. */
class NeighbourTable implements WordVectors {
  readonly words: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #rows: Float32Array; // [N, D]
  readonly #width: number;
  readonly #known = new Map<string, readonly Neighbour[]>();

  constructor(words: readonly string[], rows: Float32Array) {
    this.words = words;
    this.#rows = rows;
    this.#width = words.length === 0 ? 0 : rows.length / words.length;
    this.#ids = new Map(words.map((word, id) => [word, id]));
  }

  nearest(word: string, count: number, minimumCosine: number): readonly Neighbour[] {
    const key = `${count} ${minimumCosine} ${word}`;
    const known = this.#known.get(key) ?? this.#search(word, count, minimumCosine);
    this.#known.set(key, known);
    return known;
  }

  #search(word: string, count: number, minimumCosine: number): readonly Neighbour[] {
    const id = this.#ids.get(word);
    if (id === undefined) return [];
    const cosines = this.#cosines(id);
    const near: number[] = []; // ids, nearest first, at most `count`
    cosines.forEach((cosine, other) => {
      const last = near.length < count ? -Infinity : (cosines[near.at(-1) ?? 0] ?? 0);
      if (cosine < minimumCosine || cosine <= last || other === id) return;
      let place = near.length;
      while (place > 0 && (cosines[near[place - 1] ?? 0] ?? 0) < cosine) place -= 1;
      near.splice(place, 0, other);
      near.length = Math.min(near.length, count);
    });
    return near.map((other) => ({ word: this.words[other] ?? '', cosine: cosines[other] ?? 0 }));
  }

  #cosines(id: number): Float32Array {
    const [rows, width] = [this.#rows, this.#width];
    const one = rows.subarray(id * width, (id + 1) * width);
    const cosines = new Float32Array(this.words.length);
    for (let other = 0, at = 0; other < cosines.length; other++) {
      let sum = 0;
      for (let column = 0; column < width; column++) sum += (one[column] ?? 0) * (rows[at++] ?? 0);
      cosines[other] = sum;
    }
    return cosines;
  }
}

/** Vectors from words and rows [N, D]; each row is divided by its length. */
export function wordVectors(words: readonly string[], rows: Float32Array): WordVectors {
  const width = words.length === 0 ? 0 : rows.length / words.length;
  const unit = new Float32Array(rows.length);
  for (let start = 0; start < rows.length; start += width) {
    const row = rows.subarray(start, start + width);
    const length = euclideanNorm(row) || 1;
    for (let column = 0; column < width; column++) unit[start + column] = (row[column] ?? 0) / length;
  }
  return new NeighbourTable(words, unit);
}

/** The case of a word laid over another, as TextAttack's recover_word_case does. */
export function inCaseOf(reference: string, word: string): string {
  const [lower, upper] = [reference.toLowerCase(), reference.toUpperCase()];
  if (reference === lower) return word.toLowerCase();
  if (reference === upper && reference.length > 1) return word.toUpperCase();
  const capital = upper.slice(0, 1) + lower.slice(1);
  return reference === capital ? word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase() : word;
}
