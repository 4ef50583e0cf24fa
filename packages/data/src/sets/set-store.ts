import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { UserError } from '@im-bert/core';
import type { Example, Texts } from '../example.ts';
import type { Hub } from '../hub/hub.ts';
import { query, type Row } from '../store/rows.ts';
import { renewContamination } from './contamination.ts';
import { findSetFiles, type SetFile } from './find-set-files.ts';
import { type BadRow, readSet, type SetRow } from './read-set.ts';
import type { EvaluationSet } from './set-spec.ts';

/** Raised by hand when sets must be read again, because the way of reading them has changed. */
const setReaderVersion = 1;

/** An example of an evaluation set. */
export interface SetExample extends Omit<Example, 'label' | 'level' | 'method'> {
  /** Index into the set's labels; null in a set that has none. */
  readonly label: number | null;
  /** Scored on its own beside the whole set. */
  readonly part: string | null;
  /** Examples of one pair answer each other: a review and its revision. */
  readonly pair: string | null;
  /** Examples of one group stem from one text. */
  readonly group: string | null;
}

/** The digest of a set's rows as the store has them; empty if it does not. */
export async function readSetDigests(connection: DuckDBConnection): Promise<Map<string, string>> {
  const rows = await query(connection, 'select name, definition, digest from sets');
  return new Map(rows.map((row) => [keyOf(row.text('name'), row.text('definition')), row.text('digest')]));
}

/** A set that the store holds by its name alone may be of an older file. */
export function keyOf(name: string, definition: string): string {
  return `${name} ${definition}`;
}

/**
 * Reads a set's files where the store lacks them or has others; all of it or nothing, in the transaction at hand.
 * @returns the digest of its rows, and whether anything had to be read
 * @throws UserError if a file is missing or the query fails
 */
export async function storeSet(
  connection: DuckDBConnection,
  set: EvaluationSet,
  hub: Hub,
): Promise<{ readonly digest: string; readonly changed: boolean }> {
  const files = await findSetFiles(set, hub);
  const known = await knownDigest(connection, set, files);
  if (known !== undefined) return { digest: known, changed: false };
  const { rows, bad } = await readSet(set, files);
  for (const table of ['set_rows', 'set_files', 'bad_rows', 'contamination'])
    await connection.run(`delete from ${table} where set_name = $name`, { name: set.name });
  await insertRows(connection, set.name, rows);
  await insertFiles(connection, set.name, files);
  await insertBad(connection, set.name, bad);
  const [row] = await query(connection, digestOfSet, { name: set.name });
  const digest = row?.text('digest') ?? '';
  await connection.run(
    'insert or replace into sets values ($name, $definition, $digest, $reader, $rows, $bad, $loadedAt)',
    {
      name: set.name,
      definition: set.definition,
      digest,
      reader: setReaderVersion,
      rows: rows.length,
      bad: bad.length,
      loadedAt: new Date().toISOString(),
    },
  );
  await renewContamination(connection);
  return { digest, changed: true };
}

/** The digest of the rows that the store has of this definition and these files. */
async function knownDigest(
  connection: DuckDBConnection,
  set: EvaluationSet,
  files: readonly SetFile[],
): Promise<string | undefined> {
  const [row] = await query(
    connection,
    `select digest, (select string_agg(sha256, ' ' order by file) from set_files where set_name = name) as hashes
     from sets where name = $name and definition = $definition and reader = $reader`,
    { name: set.name, definition: set.definition, reader: setReaderVersion },
  );
  const hashes = files.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ sha256 }) => sha256);
  return row?.textOrNull('hashes') === hashes.join(' ') ? row.text('digest') : undefined;
}

const digestOfSet = `
  select sha256(string_agg(sha256(concat_ws(chr(31), id, text_a, coalesce(text_b, chr(30)), coalesce(label, chr(30)),
    coalesce(part, chr(30)), coalesce(pair, chr(30)), coalesce("group", chr(30)), coalesce(before_a, chr(30)),
    coalesce(before_b, chr(30)))), '' order by id)) as digest
  from set_rows where set_name = $name`;

/** The set's examples in the order of their ids. @throws UserError if the store does not have them */
export async function readSetExamples(connection: DuckDBConnection, name: string): Promise<SetExample[]> {
  const rows = await query(connection, 'select * from set_rows where set_name = $name order by id', { name });
  if (rows.length > 0) return rows.map(exampleOf);
  throw new UserError({ where: name, expected: 'the set in the store', got: 'none' });
}

function exampleOf(row: Row): SetExample {
  const original = textsOf(row, 'before');
  return {
    id: row.text('id'),
    texts: textsOf(row, 'text') ?? [''],
    label: row.textOrNull('label') === null ? null : Number(row.text('label')),
    part: row.textOrNull('part'),
    pair: row.textOrNull('pair'),
    group: row.textOrNull('group'),
    ...(original === undefined ? {} : { original }),
  };
}

function textsOf(row: Row, name: string): Texts | undefined {
  const [first, second] = [row.textOrNull(`${name}_a`), row.textOrNull(`${name}_b`)];
  if (first === null) return undefined;
  return second === null ? [first] : [first, second];
}

async function insertRows(
  connection: DuckDBConnection,
  name: string,
  rows: readonly SetRow[],
): Promise<void> {
  const appender = await connection.createAppender('set_rows');
  for (const { id, texts, label, part, pair, group, before } of rows) {
    const values = [id, texts[0], texts[1], label?.toString(), part, pair, group, before?.[0], before?.[1]];
    for (const value of [name, ...values]) appendText(appender, value);
    appender.endRow();
  }
  appender.closeSync();
}

function appendText(appender: DuckDBAppender, value: string | null | undefined): void {
  if (value === null || value === undefined) appender.appendNull();
  else appender.appendVarchar(value);
}

async function insertFiles(
  connection: DuckDBConnection,
  name: string,
  files: readonly SetFile[],
): Promise<void> {
  for (const { name: file, path, sha256, origin } of files)
    await connection.run('insert into set_files values ($name, $file, $path, $sha256, $origin)', {
      name,
      file,
      path,
      sha256,
      origin,
    });
}

/** Bad rows that are kept to be shown; `sets.bad` counts all. */
const shownBad = 20;

async function insertBad(connection: DuckDBConnection, name: string, bad: readonly BadRow[]): Promise<void> {
  for (const { id, fault } of bad.slice(0, shownBad))
    await connection.run('insert into bad_rows values ($name, $id, $fault)', { name, id, fault });
}
