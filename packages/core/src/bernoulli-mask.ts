import { createHash } from 'node:crypto';
import {
  encodeModule,
  forEachVector,
  instantiate,
  loadVector,
  local,
  simd,
  storeVector,
  type WasmFunction,
  wasmType,
} from './wasm-module.ts';

/**
 * Zeros and ones from a counter: `counter` (a step, say) picks one of 2^53 independent masks of a named stream without
 * drawing those before it, so a resumed run needs no generator's state.
 *
 * Four generators sfc32 side by side, seeded with 384 bits of SHA-512 over (seed, name, counter); each of their words
 * gives two masks, so the probability is rounded to a multiple of 2^-16. A shorter mask is a prefix of a longer one.
 * In WebAssembly SIMD: 1 to 2 thousand million masks a second, where one generator in JavaScript gives 0.2.
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
  const keepBelow = Math.round(keepProbability * 0x10000);
  if (keepBelow === 0x10000) return mask.fill(1); // the one threshold that 16 bits do not hold
  kernel ??= createKernel();
  kernel.state.set(seedWords(`${seed}\n${name}\n${counter}`));
  kernel.draw(8 * warmUpRounds, 0); // 16 masks are two rounds
  for (let start = 0; start < count; start += blockBytes) {
    const drawn = Math.min(blockBytes, count - start);
    kernel.draw(Math.ceil(drawn / 16) * 16, keepBelow);
    mask.set(kernel.block.subarray(0, drawn), start);
  }
  return mask;
}

/** Three words for each of the four generators, and their counters, which start at 1. */
function seedWords(text: string): Int32Array {
  const digest = createHash('sha512').update(text).digest();
  return Int32Array.from({ length: 16 }, (_, index) => (index < 12 ? digest.readInt32LE(4 * index) : 1));
}

/** Rounds after which sfc32's author takes its state as mixed. */
const warmUpRounds = 12;

/** Masks that one call draws; they stand after the state, on a page of their own. */
const blockBytes = 65_536;

interface Kernel {
  /** Words a, b, c and the counters, each of four generators. */
  readonly state: Int32Array;
  readonly block: Uint8Array;
  /** Draws the next `bytes` masks, a multiple of 16, and moves the state on. */
  readonly draw: (bytes: number, threshold: number) => void;
}

let kernel: Kernel | undefined;

const { get, set } = local;
// Locals of the kernel; 0 is the number of bytes.
const [threshold, index, a, b, c, round, word, first, limit, one] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
const constant = (value: number): number[] => [0x41, value];
const shift = (from: number, direction: 'left' | 'right', by: number): number[] => [
  ...[...get(from), ...constant(by), ...simd(direction === 'left' ? 0xab : 0xad)], // i32x4.shl, i32x4.shr_u
];
const add = simd(0xae); // i32x4.add

/** One round of sfc32 (Chris Doty-Humphrey, PractRand), four at a time; leaves the words in `word`. */
const nextWords = [
  ...[...get(a), ...get(b), ...add, ...get(round), ...add, ...set(word)],
  ...[...get(round), ...get(one), ...add, ...set(round)],
  ...[...get(b), ...shift(b, 'right', 9), ...simd(0x51), ...set(a)], // v128.xor
  ...[...get(c), ...shift(c, 'left', 3), ...add, ...set(b)],
  ...[...shift(c, 'left', 21), ...shift(c, 'right', 11), ...simd(0x50), ...get(word), ...add, ...set(c)], // v128.or
];
const below = [...get(word), ...get(limit), ...simd(0x30)]; // i16x8.lt_u

const draw: WasmFunction = {
  name: 'draw',
  parameters: [wasmType.i32, wasmType.i32],
  results: [],
  locals: [wasmType.i32, ...new Array<typeof wasmType.v128>(8).fill(wasmType.v128)],
  body: [
    ...[a, b, c, round].flatMap((words, place) => [...constant(0), ...loadVector(16 * place), ...set(words)]),
    ...[...get(threshold), ...simd(0x10), ...set(limit)], // i16x8.splat
    ...[...constant(1), ...simd(0x11), ...set(one)], // i32x4.splat
    ...forEachVector(index, [
      ...[...nextWords, ...below, ...set(first), ...nextWords],
      ...[...get(index), ...get(first), ...below, ...simd(0x65)], // i8x16.narrow_i16x8_s: 0 or -1
      ...[...constant(1), ...simd(0x0f), ...simd(0x4e), ...storeVector(blockBytes)], // i8x16.splat, v128.and
    ]),
    ...[a, b, c, round].flatMap((words, place) => [
      ...constant(0),
      ...get(words),
      ...storeVector(16 * place),
    ]),
  ],
};

function createKernel(): Kernel {
  const exports = instantiate(encodeModule([draw], 2));
  return {
    state: new Int32Array(exports.memory.buffer, 0, 16),
    block: new Uint8Array(exports.memory.buffer, blockBytes, blockBytes),
    draw: exports['draw'] as Kernel['draw'],
  };
}
