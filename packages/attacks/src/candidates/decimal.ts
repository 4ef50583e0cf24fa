const [zero, nine, minus, point] = ['0', '9', '-', '.'].map((character) => character.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];

/** Powers of ten that a double holds exactly. */
const powers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Decimal numbers as programs write them: no plus sign, no leading zeros, no hexadecimal. */
const decimal = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;

/**
 * The number that is written in bytes [start, end), the same as `Number` gives; NaN where it is no decimal number. Most
 * numbers have few digits: these and the power of ten are exact doubles, so that one division rounds correctly.
 */
export function decimalAt(bytes: Buffer, start: number, end: number): number {
  const first = bytes[start] === minus ? start + 1 : start;
  let [digits, dot, at] = [0, -1, first];
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= zero && byte <= nine) digits = digits * 10 + byte - zero;
    else if (byte === point && dot === -1) dot = at;
    else break;
  }
  const whole = (dot === -1 ? at : dot) - first;
  const decimals = dot === -1 ? 0 : at - dot - 1;
  const isPlain =
    at === end && whole > 0 && (whole === 1 || bytes[first] !== zero) && (dot === -1) === (decimals === 0);
  const power = powers[decimals];
  if (!isPlain || power === undefined || digits > Number.MAX_SAFE_INTEGER)
    return rareDecimal(bytes, start, end);
  return (first === start ? digits : -digits) / power;
}

function rareDecimal(bytes: Buffer, start: number, end: number): number {
  const text = bytes.toString('latin1', start, Math.min(end, start + 50));
  return decimal.test(text) && end - start <= 50 ? Number(text) : NaN;
}
