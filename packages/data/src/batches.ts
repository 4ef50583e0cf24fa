import { floatTensor, type FloatTensor, intTensor, type IntTensor, type RandomStream } from '@im-bert/core';
import type { Encoded } from './encode-examples.ts';

/** Rows of one length, ready for a model. B = batch size, L = length. */
export interface Batch {
  /** Token ids, [B, L]. */
  readonly ids: IntTensor;
  /** Token types, [B, L]. */
  readonly typeIds: IntTensor;
  /** 1 = token, 0 = padding, [B, L]. */
  readonly mask: FloatTensor;
  /** [B] */
  readonly labels: IntTensor;
  /** 1 = real row, 0 = filler, [B]. */
  readonly weights: FloatTensor;
  /** Of the real rows: their places in the list that was batched, in the order of the rows. */
  readonly indices: readonly number[];
}

export interface BatchOptions {
  /** Rows a batch, fillers included; a positive integer. */
  readonly batchSize: number;
  /** Shuffles rows and batches; without it the order depends on the lengths alone, and so does the padding. */
  readonly random?: RandomStream;
  /** Lengths that a batch may have, ascending, in tokens; see `bucketsUpTo`. */
  readonly bucketLengths?: readonly number[];
}

const allBuckets: readonly number[] = [16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];

/** The usual bucket lengths below `maxLength`, and `maxLength` itself. */
export function bucketsUpTo(maxLength: number): readonly number[] {
  return [...allBuckets.filter((length) => length < maxLength), maxLength];
}

/**
 * The rows in batches of exactly `batchSize` rows; each has the smallest bucket length that holds its longest row, so few
 * shapes occur (and few graphs are compiled). A short batch is filled with copies of weight 0.
 *
 * Without `random`, each bucket's rows make batches of their own: how a row is padded, and the shape of its batch, do not
 * depend on the others. That is for scores.
 *
 * With `random`, for training, there are ceil(N / batchSize) batches: rows are shuffled, then brought together by bucket
 * within stretches of 50 batches, and the batches are shuffled; the short batch is a random choice of rows. (Batches a
 * bucket apart would leave one short batch in each bucket, and the number of steps would depend on the lengths.)
 * @throws RangeError if a row is longer than the last bucket or the batch size is not a positive integer
 */
export function makeBatches(encoded: readonly Encoded[], options: BatchOptions): Batch[] {
  const { batchSize, random, bucketLengths = allBuckets } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new RangeError(`batchSize: expected a positive integer, got ${String(batchSize)}.`);
  const buckets = encoded.map((row) => bucketOf(row, bucketLengths));
  const groups = random === undefined ? inOrder(buckets, batchSize) : shuffled(buckets, batchSize, random);
  return groups.map((indices) => {
    const length = Math.max(...indices.map((index) => buckets[index] ?? 0));
    return fillBatch(indices, encoded, batchSize, length);
  });
}

/** The length of the smallest bucket that holds the row. */
function bucketOf(row: Encoded, bucketLengths: readonly number[]): number {
  const bucket = bucketLengths.find((length) => length >= row.ids.length);
  if (bucket !== undefined) return bucket;
  throw new RangeError(
    `row ${row.id}: expected at most ${String(bucketLengths.at(-1))} tokens, got ${String(row.ids.length)}.`,
  );
}

function byBucket(indices: readonly number[], buckets: readonly number[]): number[] {
  return [...indices].sort((a, b) => (buckets[a] ?? 0) - (buckets[b] ?? 0));
}

function inOrder(buckets: readonly number[], batchSize: number): number[][] {
  const lengths = [...new Set(buckets)].sort((a, b) => a - b);
  return lengths.flatMap((length) =>
    chunks(
      [...buckets.keys()].filter((index) => buckets[index] === length),
      batchSize,
    ),
  );
}

const batchesPerStretch = 50;

function shuffled(buckets: readonly number[], batchSize: number, random: RandomStream): number[][] {
  const order = random.shuffle([...buckets.keys()]);
  const short = order.length % batchSize;
  const groups = chunks(order.slice(short), batchSize * batchesPerStretch).flatMap((stretch) =>
    chunks(byBucket(stretch, buckets), batchSize),
  );
  return random.shuffle(short === 0 ? groups : [order.slice(0, short), ...groups]);
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function fillBatch(
  indices: readonly number[],
  encoded: readonly Encoded[],
  batchSize: number,
  length: number,
): Batch {
  const ids = new Int32Array(batchSize * length);
  const typeIds = new Int32Array(batchSize * length);
  const mask = new Float32Array(batchSize * length);
  const labels = new Int32Array(batchSize);
  const weights = new Float32Array(batchSize);
  for (let place = 0; place < batchSize; place++) {
    const row = encoded[indices[place % indices.length] ?? 0];
    if (row === undefined) continue;
    const start = place * length;
    ids.fill(row.padId, start, start + length).set(row.ids, start);
    typeIds.set(row.typeIds, start);
    mask.fill(1, start, start + row.ids.length);
    labels[place] = row.label;
    weights[place] = place < indices.length ? 1 : 0;
  }
  return {
    ids: intTensor(ids, [batchSize, length]),
    typeIds: intTensor(typeIds, [batchSize, length]),
    mask: floatTensor(mask, [batchSize, length]),
    labels: intTensor(labels, [batchSize]),
    weights: floatTensor(weights, [batchSize]),
    indices,
  };
}
