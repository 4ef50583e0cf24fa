import { randomStream, resumeStream } from '@im-bert/core';

test('a stream resumed from its state goes on with the same numbers', () => {
  const stream = randomStream(1, 'dropout');
  stream.uniform();
  const resumed = resumeStream(stream.state());
  expect([resumed.uniform(), resumed.uniform()]).toEqual([stream.uniform(), stream.uniform()]);
});

test('streams of other names and other seeds differ', () => {
  const first = randomStream(1, 'dropout').uniform();
  expect(randomStream(1, 'shuffle').uniform()).not.toBe(first);
  expect(randomStream(2, 'dropout').uniform()).not.toBe(first);
});

test('a shuffle holds every item once', () => {
  const items = Array.from({ length: 100 }, (_, index) => index);
  const shuffled = randomStream(3, 'shuffle').shuffle(items);
  expect(shuffled).not.toEqual(items);
  expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
});

test('a shuffle moves undefined items like any other (they once stayed in place)', () => {
  const items = [undefined, ...Array.from({ length: 50 }, (_, index) => index)];
  const places = Array.from({ length: 20 }, (_, seed) =>
    randomStream(seed, 'shuffle').shuffle(items).indexOf(undefined),
  );
  expect(new Set(places).size).toBeGreaterThan(5);
  expect(places).not.toContain(-1);
});

test('integers are uniform below the bound, and a bound that is none is refused', () => {
  const stream = randomStream(2, 'integers');
  const counts = [0, 0, 0, 0, 0];
  for (let draw = 0; draw < 10_000; draw++) {
    const value = stream.integer(5);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  expect(counts).toHaveLength(5);
  for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(5 * 40);
  for (const bound of [0, -1, 1.5, Number.NaN, 2 ** 33])
    expect(() => stream.integer(bound)).toThrow('whole number');
});
