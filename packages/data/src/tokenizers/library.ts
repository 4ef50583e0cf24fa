import { Tokenizer } from '@huggingface/tokenizers';

/** What we use of `@huggingface/tokenizers`. */
export interface LibraryTokenizer {
  encode(text: string, options: { readonly add_special_tokens: boolean }): { readonly ids: number[] };
}

type Build = new (definition: object, config: object) => LibraryTokenizer;

/** The package's boundary: the library's own types import without extensions, which NodeNext cannot resolve. */
const Library = Tokenizer as unknown as Build;

/** A tokenizer from the content of tokenizer.json and tokenizer_config.json. @throws Error if it is of unknown kind */
export function buildTokenizer(definition: object, config: object): LibraryTokenizer {
  return new Library(definition, config);
}
