import { readFile } from 'node:fs/promises';
import { UserError, writeFileAtomically } from '@im-bert/core';
import type { Change } from './attack.ts';
import { recordOf } from './record-line.ts';

/** What came of one example: a line of the attack's file. */
export interface AttackRecord {
  readonly id: string;
  /** skipped: the victim was wrong before. failed: it stayed right. */
  readonly status: 'success' | 'failed' | 'skipped';
  /** Texts asked, the first and those that the cache answered included. */
  readonly queries: number;
  readonly cacheHits: number;
  readonly changes: readonly Change[];
  /** Words of the attacked text. */
  readonly words: number;
  readonly label: number;
  readonly original: string;
  readonly perturbed: string;
  /** Of the original and of the perturbed text. */
  readonly probabilities: { readonly original: readonly number[]; readonly perturbed: readonly number[] };
  readonly attack: string;
  readonly seed: number;
}

/**
 * The records of a file; none where there is no such file. Lines that were cut short or damaged are removed from it, so
 * that their examples are attacked again.
 * @throws UserError if there is something that is no readable file
 */
export async function readRecords(path: string): Promise<AttackRecord[]> {
  const content = await readText(path);
  const lines = content.split('\n');
  const end = lines.pop() ?? ''; // a whole file ends in a line's end
  const records = lines.map(recordOf);
  const whole = lines.filter((_, row) => records[row] !== undefined);
  if (end !== '' || whole.length < lines.length)
    await writeFileAtomically(path, whole.map((line) => `${line}\n`).join(''));
  return records.filter((record) => record !== undefined);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return '';
    throw new UserError(
      { where: path, expected: 'a readable file of attack records', got: String(code) },
      { cause },
    );
  }
}
