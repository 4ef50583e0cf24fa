import { scheduleFactor, scheduleSchema } from '@im-bert/training';

const factors = (spec: object, total: number): number[] =>
  Array.from({ length: total }, (_, step) => scheduleFactor(scheduleSchema.parse(spec), step, total));

test('the rate rises linearly over the warm-up and falls linearly to the end', () => {
  expect(factors({ warmup: 0.2 }, 10)).toEqual([0, 0.5, 1, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8]);
});

test('a constant schedule stays at the full rate after the warm-up', () => {
  expect(factors({ warmup: 0.5, decay: 'constant' }, 4)).toEqual([0, 0.5, 1, 1]);
});

test('without warm-up the first step has the full rate', () => {
  expect(factors({ warmup: 0 }, 4)).toEqual([1, 0.75, 0.5, 0.25]);
});

test('a share of the steps that is no whole number of them is rounded up', () => {
  expect(factors({ warmup: 0.25 }, 6)).toEqual([0, 0.5, 1, 0.75, 0.5, 0.25]);
  expect(factors({ warmup: 0.1 }, 4)).toEqual([0, 1, 2 / 3, 1 / 3]);
});
