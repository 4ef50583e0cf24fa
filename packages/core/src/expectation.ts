import * as z from 'zod';
import { nearest } from './nearest.ts';

type Issue = z.core.$ZodIssue;

/** The words of a mistake that do not depend on where it is. */
export interface Expectation {
  readonly expected: string;
  readonly nearest?: string | undefined;
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'null',
  never: 'nothing',
};

const unitWords: Readonly<Record<string, string>> = { string: 'characters', array: 'items', tuple: 'items' };

/** `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  const unique = [...new Set(words)];
  return unique.length < 2
    ? unique.join('')
    : `${unique.slice(0, -1).join(', ')} or ${unique.slice(-1).join('')}`;
}

/** One of several words, the likely one named if `got` is a misspelling. */
export function oneOf(words: readonly unknown[], got: unknown): Expectation {
  const texts = words.map(String);
  return {
    expected: texts.length === 0 ? 'no key' : alternatives(texts),
    nearest: typeof got === 'string' ? nearest(got, texts) : undefined,
  };
}

function bound(origin: string, limit: number | bigint, words: { sign: string; many: string }): string {
  const unit = unitWords[origin];
  if (unit === undefined) return `${typeWords[origin] ?? 'a value'} ${words.sign} ${limit}`;
  return `${words.many} ${limit} ${Number(limit) === 1 ? unit.slice(0, -1) : unit}`;
}

/** What a schema expected at an issue that is not a union's (those have branches, see validate.ts). */
export function expectation(issue: Issue): Expectation {
  switch (issue.code) {
    case 'invalid_type':
      return { expected: typeWords[issue.expected] ?? issue.expected };
    case 'invalid_value':
      return oneOf(issue.values, issue.input);
    case 'too_small':
      if (issue.exact === true)
        return { expected: bound(issue.origin, issue.minimum, { sign: '=', many: 'exactly' }) };
      return {
        expected: bound(issue.origin, issue.minimum, {
          sign: issue.inclusive === false ? '>' : '>=',
          many: 'at least',
        }),
      };
    case 'too_big':
      if (issue.exact === true)
        return { expected: bound(issue.origin, issue.maximum, { sign: '=', many: 'exactly' }) };
      return {
        expected: bound(issue.origin, issue.maximum, {
          sign: issue.inclusive === false ? '<' : '<=',
          many: 'at most',
        }),
      };
    case 'not_multiple_of':
      return { expected: `a multiple of ${issue.divisor}` };
    case 'invalid_format':
      return { expected: `text of the form ${issue.pattern ?? issue.format}` };
    default:
      return { expected: issue.message };
  }
}
