import { Lexer, Parser } from 'yaml';
import { UserError } from './errors.ts';
import { formatPlace, type Place } from './located.ts';

/** Longest text that is read, in characters: fifty times the longest table that comes with the project. */
const maximumCharacters = 200_000;
/** Deepest nesting of lists and mappings. */
const maximumDepth = 100;
/** Most values that a document may stand for, once every alias is replaced by what it names. */
export const maximumValues = 20_000;

/** @throws UserError if the text is longer than an experiment can sensibly be */
export function checkLength(characters: number, source: string): void {
  if (characters <= maximumCharacters) return;
  throw new UserError({
    where: source,
    expected: `at most ${maximumCharacters} characters of YAML`,
    got: String(characters),
  });
}

/**
 * Refuses lists and mappings that are nested too deeply, before the composer, which calls itself once a level, sees them.
 * @throws UserError where the limit is passed
 */
export function checkDepth(text: string, placeAt: (offset: number) => Place): void {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme)); // a generator that has to be run dry; its tokens are of no use here
    if (parser.stack.length <= maximumDepth + 1) continue; // the document itself is on the stack
    throw new UserError({
      where: formatPlace(placeAt(parser.offset)),
      expected: `at most ${maximumDepth} lists and mappings inside each other`,
      got: 'more',
    });
  }
}
