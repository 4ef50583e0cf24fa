/** Value of one IEEE 754 half-precision number, given its 16 bits. */
function valueOfHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let halves: Float32Array | undefined;

/** Widens half-precision bits to float32, exactly, by a table of all 65,536 values. */
export function float32FromFloat16(bits: Uint16Array): Float32Array {
  const table = (halves ??= Float32Array.from({ length: 2 ** 16 }, (_, half) => valueOfHalf(half)));
  return Float32Array.from(bits, (half) => table[half] ?? NaN);
}

/** Widens bfloat16 bits (the upper half of a float32) to float32, exactly. */
export function float32FromBfloat16(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (upper) => upper << 16).buffer);
}

/** Rounds float32 to bfloat16 bits, to nearest, ties to even; NaN stays NaN. */
export function bfloat16FromFloat32(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(words, (word) =>
    (word & 0x7fffffff) > 0x7f800000 ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16,
  );
}

/** Rounds float32 to half-precision bits, to nearest, ties to even; what is too large becomes infinite. */
export function float16FromFloat32(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(words, halfFromWord);
}

function halfFromWord(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // rounds to 65,536 or more
  if (magnitude < 0x38800000) return sign | subnormalHalf(magnitude); // below 2^-14
  // Move the exponent's bias from 127 to 15, round the 13 bits that fall off.
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

/** A magnitude below 2^-14 in units of 2^-24, rounded to nearest even (adding 2^23 makes the hardware round). */
function subnormalHalf(magnitude: number): number {
  const value = new Float32Array(Uint32Array.of(magnitude).buffer)[0] ?? 0;
  return Math.fround(value * 2 ** 24 + 2 ** 23) - 2 ** 23;
}
