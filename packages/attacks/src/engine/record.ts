import { open, readFile } from 'node:fs/promises';
import type { Change } from './attack.ts';

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
 * The records of a file, whose attack must be of that name and seed. A last line that was cut short is removed from the
 * file, so that the next line is a line of its own.
 * @throws SyntaxError if another line is broken
 */
export async function readRecords(path: string): Promise<AttackRecord[]> {
  const content = await readFile(path).catch(() => Buffer.alloc(0));
  const whole = content.lastIndexOf(10) + 1;
  if (whole < content.length) {
    const file = await open(path, 'r+');
    await file.truncate(whole);
    await file.close();
  }
  return content
    .toString('utf8', 0, whole)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AttackRecord);
}
