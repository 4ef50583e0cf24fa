import { createHash } from 'node:crypto';
import { bernoulliMask } from '@im-bert/core';

const share = (mask: Uint8Array): number => mask.reduce((sum, bit) => sum + bit, 0) / mask.length;

/** Correlation of two masks of the same length and keep probability, in standard errors. */
function correlation(left: Uint8Array, right: Uint8Array, keep: number): number {
  let product = 0;
  for (const [index, bit] of left.entries()) product += (bit - keep) * ((right[index] ?? 0) - keep);
  return product / (keep * (1 - keep) * Math.sqrt(left.length));
}

test.each([0.1, 0.5, 0.9])('a share of %p is kept, within five standard errors', (keep) => {
  const count = 1_000_000;
  const error = Math.abs(share(bernoulliMask(7, 'dropout', 3, count, keep)) - keep);
  expect(error).toBeLessThan(5 * Math.sqrt((keep * (1 - keep)) / count) + 2 ** -17);
});

test('probabilities 0 and 1 give all zeros and all ones', () => {
  expect(share(bernoulliMask(1, 'dropout', 0, 1000, 0))).toBe(0);
  expect(share(bernoulliMask(1, 'dropout', 0, 1000, 1))).toBe(1);
});

test('masks of other counters, names and seeds are uncorrelated', () => {
  const mask = (seed: number, name: string, counter: number): Uint8Array =>
    bernoulliMask(seed, name, counter, 200_000, 0.9);
  const first = mask(1, 'dropout', 0);
  for (const other of [
    mask(1, 'dropout', 1),
    mask(1, 'attention', 0),
    mask(2, 'dropout', 0),
    mask(1, 'dropout', 10),
  ])
    expect(Math.abs(correlation(first, other, 0.9))).toBeLessThan(5);
});

test('neighbours within a mask are uncorrelated at every lag up to 64', () => {
  const mask = bernoulliMask(5, 'dropout', 9, 200_000, 0.5);
  for (let lag = 1; lag <= 64; lag++)
    expect(Math.abs(correlation(mask.subarray(0, -lag), mask.subarray(lag), 0.5))).toBeLessThan(5);
});

test('the bytes of a mask are uniform (chi-square over 256 cells)', () => {
  const mask = bernoulliMask(11, 'dropout', 2, 8 * 256 * 200, 0.5);
  const counts = new Array<number>(256).fill(0);
  for (let index = 0; index < mask.length; index += 8) {
    const byte = mask.subarray(index, index + 8).reduce((word, bit) => word * 2 + bit, 0);
    counts[byte] = (counts[byte] ?? 0) + 1;
  }
  const chiSquare = counts.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
  expect(chiSquare).toBeGreaterThan(255 - 5 * Math.sqrt(2 * 255));
  expect(chiSquare).toBeLessThan(255 + 5 * Math.sqrt(2 * 255));
});

test('the same arguments give the same mask on every machine, and a shorter mask is a prefix', () => {
  const mask = bernoulliMask(1, 'dropout', 0, 33, 0.5);
  expect(mask.join('')).toMatchInlineSnapshot(`"110011010011011110001100011100111"`);
  expect(bernoulliMask(1, 'dropout', 0, 20, 0.5)).toEqual(mask.subarray(0, 20));
});

test('a probability outside 0 and 1 is refused', () => {
  expect(() => bernoulliMask(1, 'dropout', 0, 1, Number.NaN)).toThrow('from 0 to 1, got NaN');
});

/** sfc32 as its author gives it, word by word. */
function sfc32(a: number, b: number, c: number): () => number {
  let counter = 1;
  return () => {
    const word = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + word) | 0;
    return word >>> 0;
  };
}

test('a mask compares the halves of four sfc32 generators with the probability, block after block', () => {
  const digest = createHash('sha512').update('3\nsite\n5').digest();
  const seed = (word: number, lane: number): number => digest.readInt32LE(16 * word + 4 * lane);
  const lanes = [0, 1, 2, 3].map((lane) => sfc32(seed(0, lane), seed(1, lane), seed(2, lane)));
  for (let round = 0; round < 12; round++) for (const next of lanes) next();
  const count = 65_536 * 2 + 24;
  const expected: number[] = [];
  while (expected.length < count)
    for (const next of lanes) {
      const word = next();
      expected.push(Number((word & 0xffff) < 0.25 * 0x10000), Number(word >>> 16 < 0.25 * 0x10000));
    }
  expect(bernoulliMask(3, 'site', 5, count, 0.25)).toEqual(Uint8Array.from(expected));
});
