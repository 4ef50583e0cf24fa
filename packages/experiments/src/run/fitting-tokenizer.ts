import { UserError } from '@im-bert/core';
import type { Tokenizer } from '@im-bert/data';
import type { EncoderConfig } from '@im-bert/models';

/** Refuses a tokenizer whose ids the model has no embeddings of. @param where the folder that holds both @throws UserError */
export function checkTokenizer(
  where: string,
  { vocabularySize }: Pick<Tokenizer, 'vocabularySize'>,
  { config }: { readonly config: Pick<EncoderConfig, 'vocabularySize'> },
): void {
  if (vocabularySize <= config.vocabularySize) return;
  throw new UserError({
    where: `${where} tokenizer.json`,
    expected: `at most ${config.vocabularySize} tokens, as the model has`,
    got: String(vocabularySize),
    remedy: 'Put the tokenizer there that the model was trained with.',
  });
}
