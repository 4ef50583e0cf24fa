import { createHash } from 'node:crypto';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A named, seeded sequence of random numbers whose place can be saved and restored. */
export interface RandomStream {
  /** Uniform in [0, 1), 32 bits of it random. */
  uniform(): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** Uniform integer in [0, bound). @throws RangeError if bound is not a whole number from 1 to 2^32 */
  integer(bound: number): number;
  /** A new array with the items in random order (Fisher-Yates). */
  shuffle<Item>(items: readonly Item[]): Item[];
  /** Where the stream stands; pass it to `resumeStream`. */
  state(): readonly number[];
}

/** 32-bit words that depend on the seed and on every part of the name. */
function seedWords(seed: number, name: string): number {
  return createHash('sha256')
    .update(`${String(seed)}\n${name}`)
    .digest()
    .readInt32LE(0);
}

/**
 * The stream of that name under that seed. Streams of different names are independent, so a new consumer of
 * randomness never shifts the numbers of an old one.
 */
export function randomStream(seed: number, name: string): RandomStream {
  return streamOver(xoroshiro128plus(seedWords(seed, name)));
}

/** The stream that goes on where `state` was taken. */
export function resumeStream(state: readonly number[]): RandomStream {
  return streamOver(xoroshiro128plusFromState(state));
}

function streamOver(generator: ReturnType<typeof xoroshiro128plus>): RandomStream {
  const uniform = (): number => (generator.next() >>> 0) / 2 ** 32;
  const integer = (bound: number): number => {
    if (!(bound > 0 && bound <= 2 ** 32 && bound % 1 === 0))
      throw new RangeError(`integer(bound): expected a whole number from 1 to 2^32, got ${bound}.`);
    return (uniform() * bound) >>> 0; // Rounds down; no call, because bootstraps draw millions.
  };
  return {
    uniform,
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    shuffle: <Item>(items: readonly Item[]) => {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = integer(last + 1);
        // Both places exist, so `undefined` here is an item like any other.
        [shuffled[last], shuffled[other]] = [shuffled[other] as Item, shuffled[last] as Item];
      }
      return shuffled;
    },
    state: () => generator.getState(),
  };
}
