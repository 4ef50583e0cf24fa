import { createHash } from 'node:crypto';
import { UserError } from '@im-bert/core';
import { z } from 'zod';
import { appendValue, columnDefinition, type RowSchema } from './columns.ts';
import type { Database } from './database.ts';
import { groupBy } from './group-by.ts';
import { runStore } from './schema.ts';

const stored = z.looseObject({ row_is_of: z.string() });
type Stored = z.infer<typeof stored>;

/** A table whose columns follow from a row's schema, after one that says what the rows are of. */
export interface RowTable<Row extends RowSchema = RowSchema> {
  readonly name: string;
  /** The first column: what the rows are of. */
  readonly key: 'model' | 'subject';
  readonly row: z.ZodObject<Row>;
}

/** Replaces the rows of one key, in the transaction at hand; creates the table if need be. */
export async function replaceRows(
  database: Database,
  { name, key, row }: RowTable,
  of: string,
  rows: readonly object[],
): Promise<void> {
  const columns = Object.entries(row.shape);
  const definitions = columns.map(([column, type]) => columnDefinition(column, type));
  await database.run(
    `create table if not exists ${name} (${[`${key} varchar not null`, ...definitions].join(', ')})`,
  );
  await database.run(`delete from ${name} where ${key} = ?`, [of]);
  await database.append(name, rows, (appender, item) => {
    const values: Readonly<Record<string, unknown>> = { ...item };
    appender.appendVarchar(of);
    for (const [column, type] of columns) appendValue(appender, `${name}, ${column}`, type, values[column]);
  });
}

/** What is stored under each of several keys, in the order in which it was written and not yet checked. */
async function storedRows(
  database: Database,
  { name, key, row }: RowTable,
  of: readonly string[],
): Promise<ReadonlyMap<string, readonly Stored[]>> {
  const columns = Object.keys(row.shape).map((column) => `"${column}"`);
  const found = await database.query(
    stored,
    `select ${key} as row_is_of, ${columns.join(', ')} from ${name}
     where ${key} in (select unnest(string_split(?, ','))) order by rowid`,
    [of.join(',')],
  );
  return groupBy(found, (item) => item.row_is_of);
}

function digestOf(rows: readonly Stored[]): string {
  const hash = createHash('sha256');
  for (const row of rows) hash.update(JSON.stringify(Object.values(row)));
  return hash.digest('hex');
}

/** Hex SHA-256 over the rows of one key, as they are read back: a float is rounded by then, and what is not finite is null. */
export async function storedDigest(database: Database, table: RowTable, of: string): Promise<string> {
  return digestOf((await storedRows(database, table, [of])).get(of) ?? []);
}

/**
 * The rows of several keys, in the order in which they were written. DuckDB's checksums let some damage pass.
 * @param digests what `storedDigest` said of each key when its rows were stored
 * @throws UserError if a key has other rows by now
 */
export async function readRows<Row extends RowSchema>(
  database: Database,
  table: RowTable<Row>,
  digests: ReadonlyMap<string, string | null>,
): Promise<ReadonlyMap<string, readonly z.output<z.ZodObject<Row>>[]>> {
  const groups = await storedRows(database, table, [...digests.keys()]);
  for (const [of, digest] of digests)
    if (digestOf(groups.get(of) ?? []) !== digest)
      throw new UserError({
        where: `${database.path}, ${table.name} of ${of}`,
        expected: 'the rows that were stored',
        got: 'others: the file is damaged',
        remedy: `${runStore.remedy} Then run again.`,
      });
  return new Map([...groups].map(([of, rows]) => [of, rows.map((row) => table.row.parse(row))]));
}
