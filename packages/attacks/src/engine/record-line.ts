import { createHash } from 'node:crypto';
import type { AttackRecord } from './record.ts';

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A record as a line of JSON whose last field, `sha256`, is the hash of what stands before it. */
export function lineOf(record: AttackRecord): string {
  const fields = JSON.stringify(record).slice(0, -1);
  return `${fields},"sha256":"${sha256Of(fields)}"}\n`;
}

/** The record of a line, without its end; undefined if any of its bytes is not as it was written. */
export function recordOf(line: string): AttackRecord | undefined {
  const [, fields, sha256] = /^(\{.*),"sha256":"([0-9a-f]{64})"\}$/.exec(line) ?? [];
  if (fields === undefined || sha256 !== sha256Of(fields)) return undefined;
  return JSON.parse(`${fields}}`) as AttackRecord;
}
