import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type Mistake, UserError } from '@im-bert/core';
import { decimalAt } from './decimal.ts';
import { type WordVectors, wordVectors } from './word-vectors.ts';

const [lineEnd, return_, space] = [10, 13, 32];

/** Largest text in bytes: GloVe's 400,000 words of 300 numbers just fit. */
const largestText = 2 ** 30;
/** Most numbers a word. */
const widest = 4096;
/** Largest magnitude of a number that is believed. */
const largestNumber = 1000;

const expected = 'a text file of word vectors, plain or .gz (a word and its numbers a line)';

/**
 * Reads vectors in the form of the official counter-fitted-vectors.txt, plain or .gz: a line is a word and its numbers,
 * with single spaces.
 * @throws UserError if there is no such file or it is damaged, a line has other numbers than the first or numbers that
 * no vector has, or a word stands twice with other numbers
 */
export async function loadWordVectors(path: string): Promise<WordVectors> {
  const table = new Table(path);
  const content = await readContent(path);
  let number = 0;
  for (let start = 0, end = 0; start < content.length; start = end + 1) {
    const next = content.indexOf(lineEnd, start);
    end = next === -1 ? content.length : next;
    number += 1;
    table.add(content.subarray(start, end), number);
  }
  return table.finish();
}

async function readContent(path: string): Promise<Buffer> {
  const refuse = (mistake: Omit<Mistake, 'where' | 'expected'>, cause?: unknown): UserError =>
    new UserError({ where: path, expected, ...mistake }, { cause });
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw refuse({ got: found === undefined ? 'no such file' : 'no file' });
  if (found.size > largestText) throw refuse({ got: `${found.size} bytes, more than ${largestText}` });
  const stored = await readFile(path).catch((error: unknown) => {
    throw refuse({ got: `an unreadable one (${messageOf(error)})` }, error);
  });
  if (!path.endsWith('.gz')) return stored;
  return promisify(gunzip)(stored, { maxOutputLength: largestText }).catch((error: unknown) => {
    throw refuse({ got: `a damaged one (${messageOf(error)})`, remedy: 'Fetch it again.' }, error);
  });
}

function messageOf(error: unknown): string {
  return (error as Error).message; // of the file system or of zlib
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The words and rows so far. */
class Table {
  readonly #path: string;
  readonly #words = new Map<string, number>();
  #width = 0;
  #rows = new Float32Array(0); // [at least N, D]

  constructor(path: string) {
    this.#path = path;
  }

  /** Adds a line of the file; empty ones say nothing. */
  add(line: Buffer, number: number): void {
    let end = line.length;
    while (end > 0 && (line[end - 1] === space || line[end - 1] === return_)) end -= 1;
    if (end === 0) return;
    const at = line.indexOf(space);
    const word = at > 0 && at < end ? wordOf(line.subarray(0, at)) : undefined;
    this.#width ||= numbersIn(line, at, end);
    const id = this.#words.size;
    const row = this.#room(id);
    if (word === undefined || this.#width > widest || !readRow(line, at + 1, end, row))
      throw this.#refuse(line, number);
    const known = this.#words.get(word);
    if (known === undefined) this.#words.set(word, id);
    else if (!row.every((value, column) => value === this.#rows[known * this.#width + column]))
      throw new UserError({
        where: `${this.#path}:${number}`,
        expected: 'every word once',
        got: `"${word}" a second time, with other numbers`,
      });
  }

  /** The place of a row, in an array that grows by halves. */
  #room(id: number): Float32Array {
    const end = (id + 1) * this.#width;
    if (end > this.#rows.length) {
      const larger = new Float32Array(Math.max(end, Math.ceil(1.5 * this.#rows.length)));
      larger.set(this.#rows);
      this.#rows = larger;
    }
    return this.#rows.subarray(end - this.#width, end);
  }

  #refuse(line: Buffer, number: number): UserError {
    const text = line.toString('utf8', 0, 200);
    const numbers = `${this.#width} numbers from -${largestNumber} to ${largestNumber}`;
    return new UserError({
      where: `${this.#path}:${number}`,
      expected: this.#words.size === 0 ? expected : `a word and ${numbers}`,
      got: text.length > 40 ? `"${text.slice(0, 40)}..."` : `"${text}"`,
    });
  }

  /** @throws UserError if there is no line at all */
  finish(): WordVectors {
    if (this.#words.size === 0) throw new UserError({ where: this.#path, expected, got: 'an empty one' });
    return wordVectors([...this.#words.keys()], this.#rows.subarray(0, this.#words.size * this.#width));
  }
}

/** The word, if it is text without control characters. */
function wordOf(bytes: Buffer): string | undefined {
  if (bytes.some((byte) => byte < space)) return undefined;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** How many numbers follow the first space. */
function numbersIn(line: Buffer, at: number, end: number): number {
  if (at <= 0 || at >= end) return 0;
  let count = 1;
  for (let index = at + 1; index < end; index++) if (line[index] === space) count += 1;
  return count;
}

/** Fills the row with a line's numbers; whether they are as many, and numbers that are believed. */
function readRow(line: Buffer, start: number, end: number, row: Float32Array): boolean {
  let from = start;
  for (let column = 0; column < row.length; column++) {
    let to = from;
    while (to < end && line[to] !== space) to += 1;
    const value = decimalAt(line, from, to);
    if (!(Math.abs(value) <= largestNumber)) return false;
    row[column] = value;
    from = to + 1;
  }
  return from === end + 1;
}
