import { embeddedTokenizer } from '@im-bert/data';
import { checkTokenizer } from '../src/run/fitting-tokenizer.ts';

test('a tokenizer with more tokens than the model is refused, one with as many is not', () => {
  const tokenizer = embeddedTokenizer('bert');
  expect(() => {
    checkTokenizer('folder', tokenizer, { config: { vocabularySize: 24 } });
  }).toThrow(/^folder tokenizer\.json: expected at most 24 tokens, as the model has, got \d+\./);
  expect(() => {
    checkTokenizer('folder', tokenizer, { config: { vocabularySize: tokenizer.vocabularySize } });
  }).not.toThrow();
});
