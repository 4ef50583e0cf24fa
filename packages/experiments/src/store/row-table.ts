import { z } from 'zod';
import { appendValue, columnDefinition, type RowSchema } from './columns.ts';
import type { Database } from './database.ts';
import { groupBy } from './group-by.ts';

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

/** The rows of several keys, in the order in which they were written. */
export async function readRows<Row extends RowSchema>(
  database: Database,
  { name, key, row }: RowTable<Row>,
  of: readonly string[],
): Promise<ReadonlyMap<string, readonly z.output<z.ZodObject<Row>>[]>> {
  const columns = Object.keys(row.shape).map((column) => `"${column}"`);
  const found = await database.query(
    z
      .looseObject({ row_is_of: z.string() })
      .transform((item) => ({ of: item.row_is_of, row: row.parse(item) })),
    `select ${key} as row_is_of, ${columns.join(', ')} from ${name}
     where ${key} in (select unnest(string_split(?, ','))) order by rowid`,
    [of.join(',')],
  );
  const groups = groupBy(found, (item) => item.of);
  return new Map([...groups].map(([name, items]) => [name, items.map((item) => item.row)]));
}
