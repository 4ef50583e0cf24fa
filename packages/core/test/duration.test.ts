import { formatDuration, remainingSeconds } from '@im-bert/core';

test.each([
  [0.42, '0.4 s'],
  [9.96, '10 s'],
  [59.6, '1 min 00 s'],
  [200, '3 min 20 s'],
  [7500, '2 h 05 min'],
  [3599.9, '1 h 00 min'],
  [97_200, '1 d 03 h'],
])('%p seconds read %p', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('the time left follows the pace so far, and is unknown before there is one', () => {
  expect(remainingSeconds(30, 1, 4)).toBe(90);
  expect(remainingSeconds(0, 0, 4)).toBeUndefined();
  expect(remainingSeconds(30, 5, 4)).toBe(0);
});
