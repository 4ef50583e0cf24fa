import { type Tagger, wordVectors, type WordVectors } from '@im-bert/attacks';

/** Vectors in the plane at given angles, so that cosines are known: good 0, fine 20, decent 40, awful 90, ... degrees. */
export function planeVectors(degrees: Readonly<Record<string, number>>): WordVectors {
  const angles = Object.values(degrees).map((angle) => (angle * Math.PI) / 180);
  return wordVectors(
    Object.keys(degrees),
    Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)])),
  );
}

/** All words are adjectives, but for those given. */
export function fixedTagger(tags: Readonly<Record<string, string>> = {}): Tagger {
  return (words) => words.map((word) => tags[word] ?? 'ADJ');
}
