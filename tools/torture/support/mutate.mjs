// Seeded ways to damage a file: bits, swapped bytes, cuts, insertions, zeroed pages, extreme numbers, and structure.

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (random, limit) => Math.floor(random() * limit);
const pick = (random, list) => list[below(random, list.length)];

const extremes = [
  '-1',
  '0',
  '1e308',
  '1e999',
  '99999999999999999999',
  '0.5',
  'NaN',
  'null',
  '""',
  '[]',
  '{}',
  'true',
];

/** Replaces a number or word of text by an extreme one. */
function extremeNumber(bytes, random) {
  const text = bytes.toString('latin1');
  const from = below(random, text.length);
  const found = /-?\d+(\.\d+)?(e-?\d+)?/.exec(text.slice(from));
  if (found === null) return flipBit(bytes, random);
  const at = from + found.index;
  return Buffer.from(text.slice(0, at) + pick(random, extremes) + text.slice(at + found[0].length), 'latin1');
}

function flipBit(bytes, random) {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) copy[below(random, copy.length)] ^= 1 << below(random, 8);
  return copy;
}

/** In the first kilobytes, where headers lie. */
function flipEarlyBit(bytes, random) {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) copy[below(random, Math.min(2000, copy.length))] ^= 1 << below(random, 8);
  return copy;
}

function swapBytes(bytes, random) {
  const copy = Buffer.from(bytes);
  const [a, b] = [below(random, copy.length), below(random, copy.length)];
  [copy[a], copy[b]] = [copy[b], copy[a]];
  return copy;
}

const truncate = (bytes, random) => bytes.subarray(0, below(random, bytes.length));

function insert(bytes, random) {
  const at = below(random, bytes.length + 1);
  const added = Buffer.from(Array.from({ length: 1 + below(random, 20) }, () => below(random, 256)));
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at)]);
}

function zeroPage(bytes, random) {
  const copy = Buffer.from(bytes);
  const at = below(random, copy.length);
  return copy.fill(0, at, Math.min(copy.length, at + 1 + below(random, 4096)));
}

/** A page as a disk loses it, or one that it wrote to another one's place. */
function losePage(bytes, random) {
  const copy = Buffer.from(bytes);
  const pages = Math.ceil(copy.length / 4096);
  const [from, to] = [
    below(random, pages),
    random() < 0.5 ? below(random, Math.min(pages, 3)) : below(random, pages),
  ];
  if (random() < 0.5) return copy.fill(0, 4096 * to, Math.min(copy.length, 4096 * (to + 1)));
  copy.copy(copy, 4096 * to, 4096 * from, 4096 * (from + 1));
  return copy;
}

function removePart(bytes, random) {
  const at = below(random, bytes.length);
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(random, 200))]);
}

function repeatPart(bytes, random) {
  const at = below(random, bytes.length);
  const end = at + 1 + below(random, 500);
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
}

/** The header of safetensors claims a length of up to 2^60. */
function hugeLength(bytes, random) {
  const copy = Buffer.from(bytes);
  if (copy.length >= 8) copy.writeBigUInt64LE(2n ** BigInt(below(random, 61)), 0);
  return copy;
}

/** Another value somewhere in the tree, a key less, or a key more. */
function mutateJson(bytes, random) {
  let value;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    return extremeNumber(bytes, random);
  }
  let node = value;
  for (let depth = 0; depth < 10; depth++) {
    const keys = Object.keys(node);
    const key = pick(random, keys);
    if (key === undefined) break;
    const inner = node[key];
    if (typeof inner === 'object' && inner !== null && random() < 0.8) {
      node = inner;
      continue;
    }
    const other = [
      ...extremes.filter((text) => !/NaN|1e999/.test(text)).map((text) => JSON.parse(text)),
      'x'.repeat(1000),
    ];
    const change = below(random, 3);
    if (change === 0) delete node[key];
    else if (change === 1) node[key] = pick(random, other);
    else if (!Array.isArray(node)) node[`${key}x`] = inner;
    break;
  }
  return Buffer.from(JSON.stringify(value));
}

const general = [flipBit, flipEarlyBit, swapBytes, truncate, insert, zeroPage, removePart, repeatPart];
const kinds = {
  bytes: general,
  pages: [...general, losePage, losePage],
  text: [...general, extremeNumber],
  json: [...general, extremeNumber, mutateJson, mutateJson, mutateJson],
  safetensors: [...general, extremeNumber, hugeLength],
};

/** The bytes with one damage of a seed's choice (a tenth of the time two). */
export function mutate(bytes, seed, kind) {
  const random = randomOf(seed);
  const once = (whole) => (whole.length === 0 ? whole : pick(random, kinds[kind])(whole, random));
  const damaged = once(bytes);
  return random() < 0.1 ? once(damaged) : damaged;
}
