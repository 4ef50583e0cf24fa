import type { AttackedText } from '../text/attacked-text.ts';
import type { Constraint, SentenceCosines } from '../engine/attack.ts';

/** Sentence embeddings, one an input; any length, all the same. Must not depend on what else is asked. */
export type SentenceEncoder = (texts: readonly string[]) => Promise<readonly Float32Array[]>;

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  a.forEach((x, index) => {
    const y = b[index] ?? 0;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  });
  return aa === 0 || bb === 0 ? 0 : dot / Math.sqrt(aa * bb);
}

/** Embeddings that one example keeps. */
const kept = 4096;

/** Cosines from an encoder, with a memory of the texts of one example. */
export function sentenceCosines(encode: SentenceEncoder): SentenceCosines {
  const known = new Map<string, Float32Array>();
  return async (reference, candidates) => {
    if (known.size > kept) known.clear();
    const wanted = [...new Set([reference, ...candidates])].filter((text) => !known.has(text));
    const vectors = await encode(wanted);
    wanted.forEach((text, row) => known.set(text, vectors[row] ?? new Float32Array(0)));
    const one = known.get(reference) ?? new Float32Array(0);
    return candidates.map((text) => cosine(one, known.get(text) ?? new Float32Array(0)));
  };
}

/** The `size` words around a place, clamped to the text: [first, end). */
function windowAround(count: number, index: number, size: number): readonly [number, number] {
  if (count <= size) return [0, count];
  const first = Math.min(Math.max(0, index - Math.floor((size - 1) / 2)), count - size);
  return [first, first + size];
}

/** The words around a place, and the same with each candidate in it, joined by spaces. */
export function windowTexts(
  { words }: AttackedText,
  index: number,
  candidates: readonly string[],
  size: number,
): { readonly reference: string; readonly candidates: readonly string[] } {
  const [first, end] = windowAround(words.length, index, size);
  const before = words.slice(first, index);
  const after = words.slice(index + 1, end);
  const joined = (word: string): string => [...before, word, ...after].join(' ');
  return { reference: joined(words[index] ?? ''), candidates: candidates.map(joined) };
}

/**
 * Sentence similarity as TextAttack's UniversalSentenceEncoder constraint has it. A cosine bound is the same as its
 * bound on 1 - arccos(cos)/pi.
 * @param options.minimumCosine passes from this cosine on
 * @param options.window words around the place, compared with the current text, and shorter texts pass unmeasured;
 * null: whole texts, compared with the original
 */
export function similarEnough(options: {
  readonly minimumCosine: number;
  readonly window: number | null;
}): Constraint {
  const { minimumCosine, window } = options;
  return async ({ original, current, index, cosines }, candidates) => {
    if (cosines === undefined || (window !== null && current.words.length < window))
      return candidates.map(() => ({ passes: true }));
    const texts =
      window === null
        ? { reference: original.text, candidates: candidates.map((word) => current.textWith(index, word)) }
        : windowTexts(current, index, candidates, window);
    const similarities = await cosines(texts.reference, texts.candidates);
    return similarities.map((similarity) => ({ passes: similarity >= minimumCosine, similarity }));
  };
}
