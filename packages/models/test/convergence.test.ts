import { floatTensor } from '@im-bert/core';
import { convergenceOf } from '@im-bert/models';

test('each example is judged by itself: solved, on its way, risen, and no number', () => {
  const relative = floatTensor(
    Float32Array.of(0.4, 0.4, 0.4, 0.4, 0.04, 0.3, 0.5, NaN, 0.01, 0.2, 0.9, NaN),
    [3, 4],
  );
  const [solved, slow, risen, broken] = convergenceOf({ relative });
  expect(solved).toMatchObject({ converged: true, diverged: false, reachedAt: 1 });
  expect(slow).toMatchObject({ converged: false, diverged: false, reachedAt: null });
  expect(risen).toMatchObject({ converged: false, diverged: true });
  expect(broken).toMatchObject({ converged: false, diverged: true });
});

test('the tolerance is the caller’s', () => {
  const relative = floatTensor(Float32Array.of(0.4, 0.2), [2, 1]);
  expect(convergenceOf({ relative }, 0.25)).toMatchObject([{ converged: true, reachedAt: 1 }]);
});

test('without a tolerance, a residual of 0.05 is solved and one of 0.06 is not', () => {
  const [near, far] = convergenceOf({
    relative: floatTensor(Float32Array.of(0.9, 0.9, 0.049, 0.06), [2, 2]),
  });
  expect(near).toMatchObject({ converged: true, reachedAt: 1 });
  expect(far).toMatchObject({ converged: false, reachedAt: null });
});
