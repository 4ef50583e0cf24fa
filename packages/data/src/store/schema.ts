import { setTables } from '../sets/set-schema.ts';
import type { StoreKind } from './store-file.ts';

/** Raised by hand when files must be read again, because the way of reading them has changed. */
export const readerVersion = 2;

/**
 * `files` says where rows come from; `rows` holds each file once, whoever uses it (both MNLI tasks train on one);
 * `splits` says which file a task's split reads, and which part of it; `originals` holds the
 * texts of adversarial rows before the attack.
 */
const schema = `
  create table files (
    path text primary key, sha256 text not null, bytes bigint not null, row_count bigint not null,
    origin text not null, reader integer not null, loaded_at text not null);
  create table rows (
    path text not null, section text not null, position bigint not null, id text not null,
    text_a text not null, text_b text, label integer not null, level text, method text);
  create table originals (
    path text not null, section text not null, position bigint not null, text_a text not null, text_b text);
  create table splits (
    task text not null, split text not null, path text not null, section text not null, part text not null,
    primary key (task, split));
  create table digests (task text primary key, digest text not null);
  ${setTables}`;

/** The data store. */
export const dataStore = {
  name: 'a data store',
  version: 2,
  schema,
  remedy: 'Delete it, and it is made again.',
} as const satisfies StoreKind;

/** How much of its file a split reads. */
export type Part = 'all' | 'kept' | 'held-out';

/**
 * Whether a row is held out to play validation: a tenth of the first texts, by their hash. So the choice depends on
 * nothing but the text, both MNLI tasks share it, and a premise never stands on both sides.
 */
const heldOut = `substr(sha256('held-out/' || text_a), 1, 8) < '1999999a'`;

const partConditions = {
  all: 'true',
  kept: `not (${heldOut})`,
  'held-out': heldOut,
} as const satisfies Record<Part, string>;

/** A split's rows, in SQL: those of its file that belong to its section and part. */
export const splitRows = `
  select splits.task, splits.split, rows.* from splits join rows using (path, section)
  where case splits.part ${Object.entries(partConditions)
    .map(([part, condition]) => `when '${part}' then ${condition}`)
    .join(' ')} end`;

/** Hex SHA-256 of all rows of a task, whatever file or source they came from. */
export const digestOfTask = `
  select sha256(string_agg(sha256(concat_ws(chr(31), split, id, text_a, coalesce(text_b, chr(30)), label,
    coalesce(level, chr(30)), coalesce(method, chr(30)))), '' order by split, position)) as digest
  from (${splitRows}) where task = $task`;
