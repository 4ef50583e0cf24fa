import { bucketsUpTo, type Encoded, makeBatches } from '@im-bert/data';
import { randomStream } from '@im-bert/core';
import fc from 'fast-check';

/** Rows of the given lengths; the ids of row i are all 10 + i, its label is i. */
function rowsOf(lengths: readonly number[]): Encoded[] {
  return lengths.map((length, index) => ({
    id: `row/${String(index)}`,
    ids: Array.from({ length }, () => 10 + index),
    typeIds: Array.from({ length }, (_, place) => (place * 2 < length ? 0 : 1)),
    label: index,
    padId: 1,
  }));
}

const lists = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 90 });

test('every row is in one batch, whole, and batches are full; N shuffled rows make ceil(N / batchSize) of them', () => {
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 20 }), fc.boolean(), (lengths, batchSize, isShuffled) => {
      const encoded = rowsOf(lengths);
      const options = isShuffled ? { batchSize, random: randomStream(1, 'batches') } : { batchSize };
      const batches = makeBatches(encoded, options);
      if (isShuffled) expect(batches).toHaveLength(Math.ceil(lengths.length / batchSize));
      expect(batches.flatMap(({ indices }) => indices).sort((a, b) => a - b)).toEqual([...lengths.keys()]);
      for (const { ids, typeIds, mask, labels, weights, indices } of batches) {
        const length = ids.shape[1] ?? 0;
        expect([ids.shape, typeIds.shape, mask.shape]).toEqual(Array(3).fill([batchSize, length]));
        indices.forEach((index, place) => {
          const row = encoded[index];
          const span = [place * length, place * length + (row?.ids.length ?? 0)] as const;
          expect([...ids.data.subarray(...span)]).toEqual(row?.ids);
          expect([...typeIds.data.subarray(...span)]).toEqual(row?.typeIds);
          expect([...mask.data.subarray(...span)].every((one) => one === 1)).toBe(true);
          const padding = ids.data.subarray(span[1], (place + 1) * length);
          expect([...padding].every((id) => id === 1)).toBe(true);
          expect(labels.data[place]).toBe(row?.label);
        });
        expect([...weights.data]).toEqual(
          Array.from({ length: batchSize }, (_, place) => (place < indices.length ? 1 : 0)),
        );
      }
    }),
    { numRuns: 60 },
  );
});

test('a short batch is filled with copies of its rows, of weight 0', () => {
  const [batch] = makeBatches(rowsOf([3, 5]), { batchSize: 5 });
  expect([...(batch?.labels.data ?? [])]).toEqual([0, 1, 0, 1, 0]);
  expect([...(batch?.weights.data ?? [])]).toEqual([1, 1, 0, 0, 0]);
  expect([...(batch?.mask.data.subarray(32, 48) ?? [])]).toEqual([1, 1, 1, ...Array<number>(13).fill(0)]);
  expect(batch?.indices).toEqual([0, 1]);
});

test('in order, each row is padded to the smallest bucket length that holds it, whoever else is in the list', () => {
  const lengths = [60, 3, 25, 16, 17, 24, 12];
  const batches = makeBatches(rowsOf(lengths), { batchSize: 2 });
  expect(batches.map(({ ids, indices }) => [ids.shape[1], indices])).toEqual([
    [16, [1, 3]],
    [16, [6]],
    [24, [4, 5]],
    [32, [2]],
    [64, [0]],
  ]);
  const capped = makeBatches(rowsOf([33, 40]), { batchSize: 2, bucketLengths: bucketsUpTo(40) });
  expect(capped[0]?.ids.shape).toEqual([2, 40]);
  expect(bucketsUpTo(40)).toEqual([16, 24, 32, 40]);
});

test('the same stream gives the same batches, another stream others', () => {
  const encoded = rowsOf(Array.from({ length: 200 }, (_, index) => 1 + (index % 50)));
  const batch = (seed: number): (readonly number[])[] =>
    makeBatches(encoded, { batchSize: 8, random: randomStream(seed, 'epoch 1') }).map(
      ({ indices }) => indices,
    );
  expect(batch(1)).toEqual(batch(1));
  expect(batch(1)).not.toEqual(batch(2));
});

test('shuffled batches are mostly of one bucket, and their lengths come in mixed order', () => {
  const encoded = rowsOf(Array.from({ length: 800 }, (_, index) => (index % 2 === 0 ? 10 : 60)));
  const lengths = makeBatches(encoded, { batchSize: 16, random: randomStream(5, 'order') }).map(
    ({ ids }) => ids.shape[1] ?? 0,
  );
  expect(lengths.filter((length) => length === 16).length).toBe(25);
  expect(lengths.slice(0, 25).filter((length) => length === 16).length).toBeGreaterThan(5);
  expect(lengths.slice(25).filter((length) => length === 16).length).toBeGreaterThan(5);
});

test('a row longer than the last bucket and a batch size of 0 are refused', () => {
  expect(() => makeBatches(rowsOf([20]), { batchSize: 2, bucketLengths: [16] })).toThrow(
    'row row/0: expected at most 16 tokens, got 20.',
  );
  expect(() => makeBatches(rowsOf([20]), { batchSize: 0 })).toThrow('expected a positive integer, got 0.');
});
