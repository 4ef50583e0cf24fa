import { floatTensor, intTensor, UserError } from '@im-bert/core';
import { checkInputs, type EncoderInputs, labelTargets, rowShares } from '@im-bert/models';
import { tinyConfig } from './support/tiny.ts';

interface Changes {
  readonly mask?: readonly number[];
  readonly ids?: readonly number[];
  readonly shape?: readonly number[];
}

/** A batch [2, 3] with another mask, or other ids. */
function batch({
  mask = [1, 1, 0, 1, 1, 1],
  ids = [2, 4, 0, 2, 5, 3],
  shape = [2, 3],
}: Changes): EncoderInputs {
  return {
    ids: intTensor(Int32Array.from(ids), shape),
    typeIds: intTensor(new Int32Array(ids.length), shape),
    mask: floatTensor(Float32Array.from(mask), shape),
  };
}

test('a batch with padding at the end of its rows is taken', () => {
  expect(() => {
    checkInputs(tinyConfig, batch({}));
  }).not.toThrow();
});

const long = Array<number>(42).fill(1);

test.each([
  [
    'padding alone',
    { mask: [1, 1, 1, 0, 0, 0] },
    'batch row 1: expected a token at the start, got padding alone',
  ],
  [
    'a mask of a half',
    { mask: [1, 0.5, 0, 1, 1, 1] },
    'batch row 0: expected a mask of 0 and 1, got 0.5, at 1',
  ],
  ['a mask of NaN', { mask: [1, 1, 1, 1, 1, NaN] }, 'batch row 1: expected a mask of 0 and 1, got NaN, at 2'],
  [
    'a token after padding',
    { mask: [1, 0, 1, 1, 1, 1] },
    'batch row 0: expected padding at the end only, got a token after padding, at 2',
  ],
  ['an id too large', { ids: [2, 24, 0, 2, 5, 3] }, 'batch token id: expected one from 0 to 23, got 24'],
  [
    'no rows',
    { ids: [], mask: [], shape: [0, 3] },
    'batch: expected rows and tokens, [B, L], got shape [0, 3]',
  ],
  [
    'no tokens',
    { ids: [], mask: [], shape: [2, 0] },
    'batch: expected rows and tokens, [B, L], got shape [2, 0]',
  ],
  [
    'rows too long',
    { ids: long, mask: long, shape: [2, 21] },
    'batch: expected at most 20 tokens a row, got 21',
  ],
])('a batch with %s is a mistake of its caller', (_, changes, message) => {
  const check = (): void => {
    checkInputs(tinyConfig, batch(changes));
  };
  expect(check).toThrow(UserError);
  expect(check).toThrow(message);
});

test('a mask or token types of another shape are refused', () => {
  const { mask } = batch({ mask: [1, 1, 1], ids: [1, 1, 1], shape: [1, 3] });
  expect(() => {
    checkInputs(tinyConfig, { ...batch({}), mask });
  }).toThrow('batch mask: expected the shape of the ids, [2, 3], got [1, 3]');
});

const targets = (labels: readonly number[], weights: readonly number[]) =>
  labelTargets(
    {
      labels: intTensor(Int32Array.from(labels), [labels.length]),
      weights: floatTensor(Float32Array.from(weights), [weights.length]),
    },
    3,
  );

test("each row's share of the weights stands at its label", () => {
  expect(targets([2, 0, 1], [1, 3, 0])).toEqual(
    floatTensor(Float32Array.of(0, 0, 0.25, 0.75, 0, 0, 0, 0, 0), [3, 3]),
  );
});

test.each([3, -1])('label %p of 3 is refused and trains no neighbour', (label) => {
  expect(() => targets([label, 1], [1, 1])).toThrow(UserError);
  expect(() => targets([1, label], [1, 0])).toThrow(
    `batch row 1: expected a label from 0 to 2, got ${label}`,
  );
});

test('weights that sum to 0, are below 0 or are no number are refused', () => {
  expect(() => rowShares(Float32Array.of(0, 0))).toThrow(
    'batch: expected a row of weight above 0, got fillers alone',
  );
  expect(() => targets([1, 1], [0, 0])).toThrow(UserError);
  expect(() => rowShares(Float32Array.of(2, -1))).toThrow(
    'batch row 1: expected a weight of at least 0, got -1',
  );
  expect(() => rowShares(Float32Array.of(NaN, 1))).toThrow(
    'batch row 0: expected a weight of at least 0, got NaN',
  );
});
