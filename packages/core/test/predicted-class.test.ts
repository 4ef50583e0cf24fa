import { predictedClass, UserError } from '@im-bert/core';

test('the class of the largest score is predicted, the first of equals', () => {
  expect(predictedClass([0.5, 2, -1])).toBe(1);
  expect(predictedClass(Float32Array.of(-3, -3, -7))).toBe(0);
});

test.each([
  [NaN, 5],
  [5, NaN],
  [NaN, NaN],
  [Infinity, 5],
  [-Infinity, 5],
])('no class is predicted of [%p, %p]: such scores say nothing', (...scores) => {
  expect(() => predictedClass(scores)).toThrow(UserError);
});
