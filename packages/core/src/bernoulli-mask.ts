import { createHash } from 'node:crypto';

/**
 * Zeros and ones from a counter: `counter` (a step, say) picks one of 2^53 independent masks of a named stream without
 * drawing those before it, so a resumed run needs no generator's state.
 *
 * A generator sfc32, seeded with 96 bits of SHA-256 over (seed, name, counter); each of its words gives two masks, so
 * the probability is rounded to a multiple of 2^-16. A shorter mask is a prefix of a longer one.
 * @param count number of masks
 * @param keepProbability chance of a 1, from 0 to 1
 * @returns `[count]`, 1 = keep
 * @throws RangeError if the probability is not within 0 and 1
 */
export function bernoulliMask(
  seed: number,
  name: string,
  counter: number,
  count: number,
  keepProbability: number,
): Uint8Array {
  if (!(keepProbability >= 0 && keepProbability <= 1))
    throw new RangeError(`keepProbability: expected a number from 0 to 1, got ${keepProbability}.`);
  const mask = new Uint8Array(count);
  fill(mask, seedWords(`${seed}\n${name}\n${counter}`), Math.round(keepProbability * 0x10000));
  return mask;
}

function seedWords(text: string): readonly [number, number, number] {
  const digest = createHash('sha256').update(text).digest();
  return [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8)];
}

/** sfc32 (Chris Doty-Humphrey, PractRand), kept in local variables: this loop is what the speed depends on. */
function fill(mask: Uint8Array, words: readonly [number, number, number], threshold: number): void {
  let [a, b, c] = words;
  let round = 1;
  for (let index = -2 * warmUpRounds; index < mask.length; index += 2) {
    const word = (a + b + round) | 0;
    round = (round + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + word) | 0;
    if (index < 0) continue;
    // A negative difference has its sign bit set: a comparison without a branch. Writes past the end are dropped.
    mask[index] = ((word & 0xffff) - threshold) >>> 31;
    mask[index + 1] = ((word >>> 16) - threshold) >>> 31;
  }
}

/** Rounds after which sfc32's author takes its state as mixed. */
const warmUpRounds = 12;
