import { splitTrainValidation } from '@im-bert/training';

const examples = Array.from({ length: 50 }, (_, index) => index);

test('8:2 gives four fifths to training and every example to one side', () => {
  const { train, validation } = splitTrainValidation(examples, 0.2, 1);
  expect([train.length, validation.length]).toEqual([40, 10]);
  expect([...train, ...validation].sort((a, b) => a - b)).toEqual(examples);
});

test('the split depends on the seed alone', () => {
  expect(splitTrainValidation(examples, 0.2, 1)).toEqual(splitTrainValidation(examples, 0.2, 1));
  expect(splitTrainValidation(examples, 0.2, 1)).not.toEqual(splitTrainValidation(examples, 0.2, 2));
});

test('a share that empties a side is refused', () => {
  expect(() => splitTrainValidation([1, 2], 0.01, 1)).toThrow('leaves examples on both sides');
});
