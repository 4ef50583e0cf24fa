import {
  accuracy,
  advGlueTasks,
  advGlueTaskScore,
  balancedAccuracy,
  binaryF1,
  officialAdvGlueScore,
  sixTaskMean,
  type AdvGlueTask,
} from '@im-bert/core';

const byTask = (numbers: readonly number[]): Partial<Record<AdvGlueTask, number>> =>
  Object.fromEntries(advGlueTasks.map((task, index) => [task, numbers[index]]));

test('accuracy is the share of right predictions', () => {
  expect(accuracy([1, 0, 2, 2], [1, 1, 2, 0])).toBe(0.5);
  expect(() => accuracy([], [])).toThrow('at least one');
  expect(() => accuracy([1], [1, 0])).toThrow('got 1 and 2');
});

test('F1 is of the positive class, and 0 without positives', () => {
  expect(binaryF1([1, 1, 0, 0, 1], [1, 0, 1, 0, 1])).toBeCloseTo(2 / 3, 12);
  expect(binaryF1([0, 0], [0, 0])).toBe(0);
});

test('AdvGLUE scores QQP as the mean of accuracy and F1, the other tasks as accuracy', () => {
  expect(advGlueTaskScore('qqp', [1, 1, 0, 0, 1], [1, 0, 1, 0, 1])).toBeCloseTo((0.6 + 2 / 3) / 2, 12);
  expect(advGlueTaskScore('rte', [1, 1, 0, 0, 1], [1, 0, 1, 0, 1])).toBe(0.6);
});

test("the plain mean reproduces the paper's own rows of Table 1 (test)", () => {
  const published = [
    [33.03, 37.91, 39.77, 28.72, 27.05, 40.46, 34.49],
    [21.48, 41.23, 33.47, 28.59, 28.69, 40.79, 32.38],
    [44.34, 36.02, 48.86, 32.25, 38.89, 43.92, 40.71],
    [52.04, 69.91, 56.68, 33.68, 37.65, 60.49, 51.74],
  ];
  for (const row of published) {
    const average = sixTaskMean(byTask(row));
    expect(average).toMatchObject({ kind: 'value' });
    if (average.kind === 'value') expect(Math.abs(average.value - (row[6] ?? 0))).toBeLessThan(0.0101);
  }
});

test('the official score counts MNLI once', () => {
  expect(officialAdvGlueScore(byTask([0.5, 0.5, 0.5, 0, 1, 0.5]))).toEqual({ kind: 'value', value: 0.5 });
  expect(officialAdvGlueScore(byTask([1, 0, 0, 0, 0, 0]))).toEqual({ kind: 'value', value: 0.2 });
});

test('an average that lacks a task names it instead of becoming a number', () => {
  expect(sixTaskMean({ sst2: 1, qnli: 1, mnli: 1, rte: 0 })).toEqual({
    kind: 'incomplete',
    missing: ['qqp', 'mnli-mm'],
  });
});

test('balanced accuracy is the mean recall of the classes that occur, however many examples each has', () => {
  expect(balancedAccuracy([0, 0, 0, 1, 0], [0, 0, 0, 1, 1])).toBe(0.75);
  expect(balancedAccuracy([1, 1, 1, 0], [0, 0, 0, 1])).toBe(0);
  expect(() => balancedAccuracy([0], [0, 1])).toThrow(RangeError);
});
